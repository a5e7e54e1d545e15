// A lesson is done when its run has been watched to the end and all its questions have been answered.
import { make } from "./dom.js";
import { local } from "./storage.js";

export const progress = {
  key: "workbook-progress",
  read() {
    try {
      return JSON.parse(local.get(this.key)) ?? {};
    } catch {
      return {};
    }
  },
  /** What is known of a lesson: what was done, the steps that were passed, and the one where the reader is. */
  of(lesson) {
    return { did: [], passed: [], ...this.read()[lesson] };
  },
  change(lesson, change) {
    const mine = this.of(lesson);
    change(mine);
    local.set(this.key, JSON.stringify({ ...this.read(), [lesson]: mine }));
    this.show();
  },
  show() {
    const all = this.read();
    for (const node of document.querySelectorAll("a[data-lesson], li[data-lesson]")) {
      const mine = all[node.dataset.lesson];
      const state = !mine ? "" : mine.did.length >= mine.of ? "done" : "begun"; // (No `of`: nothing was done.)
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
if (lesson)
  document.addEventListener("workbook:did", ({ detail }) =>
    progress.change(lesson, (mine) => {
      mine.of = Number(questions) + 1;
      if (!mine.did.includes(detail)) mine.did.push(detail);
    }),
  );

// The first page leads back to where the reader stopped.
const parts = document.querySelector(".parts");
if (parts) {
  const resume = make("p", { class: "resume" });
  resume.hidden = true;
  document.querySelector("h1 + p").after(resume);
  const forget = make("button", { type: "button", class: "forget quiet" }, "Forget my progress");
  forget.addEventListener("click", () => {
    local.remove(progress.key);
    progress.show();
    resume.hidden = true;
    parts.querySelector("a").focus();
  });
  parts.after(forget);
  const [last, { at } = {}] = Object.entries(progress.read())
    .filter(([, { at }]) => at)
    .sort(([, a], [, b]) => b.at.time - a.at.time)[0] ?? [];
  const card = parts.querySelector(`[data-lesson="${last}"]`);
  if (card) {
    const [number, title] = [".eyebrow", "b"].map((part) => card.querySelector(part).textContent);
    resume.append(
      make(
        "a",
        { href: `${card.querySelector("a").getAttribute("href")}#${at.id}` },
        `Go on with ${number.toLowerCase()}, ${title}: `,
        make("b", {}, at.name),
      ),
    );
    resume.hidden = false;
  }
}
progress.show();
addEventListener("pageshow", () => progress.show()); // back from a lesson, out of the browser's cache
