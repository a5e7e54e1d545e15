// A lesson is done when its run has been watched to the end and all its questions have been answered.
import { make } from "./dom.js";
import { local } from "./storage.js";

const progress = {
  key: "workbook-progress",
  read() {
    try {
      return JSON.parse(local.get(this.key)) ?? {};
    } catch {
      return {};
    }
  },
  note(lesson, what, of) {
    if (!lesson) return;
    const all = this.read();
    const mine = (all[lesson] ??= { did: [] });
    if (of !== undefined) mine.of = of;
    if (!mine.did.includes(what)) mine.did.push(what);
    local.set(this.key, JSON.stringify(all));
    this.show();
  },
  show() {
    const all = this.read();
    for (const node of document.querySelectorAll("a[data-lesson], li[data-lesson]")) {
      const mine = all[node.dataset.lesson];
      const state = !mine ? "" : mine.did.length >= mine.of ? "done" : "begun";
      node.dataset.progress = state;
      for (const mark of node.querySelectorAll(".mark")) {
        mark.textContent = { done: "✓", begun: "◐", "": "" }[state];
        if (state)
          mark.append(make("span", { class: "unseen" }, { done: " done", begun: " begun" }[state]));
      }
    }
    const forget = document.querySelector(".forget");
    if (forget) forget.hidden = Object.keys(all).length === 0;
  },
};

const { lesson, questions } = document.body.dataset;
// The event says what was done: "watch", or "question 2".
document.addEventListener("workbook:did", (event) =>
  progress.note(lesson, event.detail, Number(questions) + 1),
);
const cards = document.querySelector(".cards");
if (cards) {
  const forget = make("button", { type: "button", class: "forget quiet" }, "Forget my progress");
  forget.addEventListener("click", () => {
    local.remove(progress.key);
    progress.show();
    cards.querySelector("a").focus();
  });
  cards.after(forget);
}
progress.show();
addEventListener("pageshow", () => progress.show()); // back from a lesson, out of the browser's cache
