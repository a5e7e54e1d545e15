// The teacher's window: where the lesson is, what comes next, the notes, and the time. It is an empty page that the first
// window writes into, so both are always at the same step; that works for pages that were opened as files, too.
import { button, make } from "../dom.js";
import { titleOf } from "./steps.js";

const two = (number) => String(number).padStart(2, "0");
const minutesOf = (milliseconds) => {
  const seconds = Math.floor(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
};

export class Notes {
  #stage;
  #window = null;
  #parts = null;
  #began = 0;
  #clock = 0;

  constructor(stage) {
    this.#stage = stage;
    this.inClass = document.querySelector("template.in-class");
  }
  begin() {
    this.#began = Date.now();
  }
  /** Whether there is such a window now. */
  open() {
    if (!this.#window || this.#window.closed) {
      this.#window = window.open("", "workbook-notes", "popup,width=1000,height=760");
      if (!this.#window) return false;
    }
    this.#build();
    this.#window.focus();
    clearInterval(this.#clock);
    this.#clock = setInterval(() => this.#tick(), 500);
    return true;
  }
  close() {
    clearInterval(this.#clock);
    this.#window?.close();
    this.#window = null;
    this.#parts = null;
  }

  #build() {
    const { document: page } = this.#window;
    const title = document.querySelector("h1").firstChild.textContent;
    page.documentElement.lang = "en";
    page.title = `Notes: ${title}`;
    const { scheme } = document.documentElement.dataset;
    if (scheme) page.documentElement.dataset.scheme = scheme;
    const sheets = [...document.querySelectorAll("link[rel=stylesheet]")];
    page.head.replaceChildren(
      make("meta", { name: "viewport", content: "width=device-width" }),
      make("title", {}, page.title),
      ...sheets.map(({ href }) => make("link", { rel: "stylesheet", href })),
    );
    const stage = this.#stage;
    const parts = {
      elapsed: make("b"),
      of: make("span", {}, ` of ${this.inClass.dataset.minutes} minutes`),
      time: make("span", { class: "time" }),
      steps: make(
        "select",
        { "aria-label": "The step" },
        ...stage.steps.map((step, n) => make("option", { value: n }, `${n + 1}. ${titleOf(step)}`)),
      ),
      following: make("p", { class: "following" }),
      actions: make("div", { class: "actions", role: "group", "aria-label": "This step" }),
      answer: make("section", { class: "answer-for-teacher", "aria-label": "The answer" }),
      prose: make("section", { "aria-label": "What the page says here" }),
    };
    parts.steps.addEventListener("change", () => stage.go(Number(parts.steps.value)));
    page.body.className = "notes-window";
    page.body.replaceChildren(
      make(
        "main",
        {},
        make("header", {}, make("h1", {}, title), make("p", {}, parts.elapsed, parts.of, parts.time)),
        make("div", { class: "turns" }, button("Back", () => stage.back()), button("Next", () => stage.next()), parts.steps),
        parts.following,
        parts.actions,
        parts.answer,
        make("section", { class: "for-class", "aria-label": "Notes" }, this.inClass.content.cloneNode(true)),
        parts.prose,
      ),
    );
    page.onkeydown = (event) => stage.key(event);
    this.#parts = parts;
    this.show();
    this.#tick();
  }
  #tick() {
    if (this.#window.closed) return this.close();
    // (After a reload it is empty again.)
    if (!this.#parts.time.isConnected) return this.#build();
    const now = new Date();
    this.#parts.elapsed.textContent = minutesOf(Date.now() - this.#began);
    this.#parts.time.textContent = `${two(now.getHours())}:${two(now.getMinutes())}`;
  }

  /** The step that the class sees. */
  show() {
    const parts = this.#parts;
    if (!parts) return;
    const { at, step, steps } = this.#stage;
    parts.steps.value = at;
    const next = steps[at + 1];
    parts.following.textContent = next ? `Next: ${titleOf(next)}` : "This is the last step.";
    const actions = step.actions?.() ?? [];
    parts.actions.replaceChildren(...actions.map(([text, action]) => button(text, action)));
    const said = (head, nodes) => (nodes.length ? [make("h2", {}, head), ...nodes] : []);
    parts.answer.replaceChildren(...said("The answer", step.answer?.() ?? []));
    const prose = step.prose.map((node) => {
      const copy = node.cloneNode(true);
      for (const link of copy.querySelectorAll("a")) link.replaceWith(...link.childNodes);
      return copy;
    });
    parts.prose.replaceChildren(...said("On the page", prose));
    this.#window.document.body.dataset.kind = step.kind;
  }
}
