// What the class sees: a modal dialog over the page, with one step in it, and the keys, the clicker and the finger that
// go from step to step.
import { button, make } from "../dom.js";
import { Notes } from "./notes.js";
import { copyOf, titleOf } from "./steps.js";

const SWIPE = 50; // pixels; a finger that moves less has tapped

const SMALLEST = 0.3;

/** The largest scale up to `most` that fits, to a hundredth. `fits` lays the step out, so it is asked seldom. */
function largest(most, fits) {
  if (fits(most)) return most;
  let [good, bad] = [SMALLEST, most];
  while (bad - good > 0.01) {
    const scale = (good + bad) / 2;
    if (fits(scale)) good = scale;
    else bad = scale;
  }
  fits(good);
  return good;
}
/** The size of letters at which all of a box can be seen: 1 is what the style sheet wants. */
function fit(box) {
  largest(1, (scale) => {
    box.style.setProperty("--scale", scale);
    return box.scrollHeight <= box.clientHeight && box.scrollWidth <= box.clientWidth;
  });
}
/** The same for a replay, which may also grow. Before its letters become small, its terminals get shorter. */
function zoom(box) {
  const [node] = box.children;
  const longest = Math.max(...[...node.querySelectorAll(".screen ol")].map((list) => list.children.length));
  for (const lines of [longest, 12, 9, 7, 5].filter((lines) => lines <= longest)) {
    node.style.setProperty("--lines", lines);
    const scale = largest(2.4, (scale) => {
      node.style.setProperty("zoom", scale);
      return node.getBoundingClientRect().height <= box.clientHeight && node.scrollWidth <= node.clientWidth + 1;
    });
    if (scale >= 1.05) break;
  }
}

export class Stage {
  #left = new AbortController(); // its listeners end with it

  constructor(steps) {
    this.steps = steps;
    this.at = -1;
    this.open = false;
    this.put = () => {}; // puts back what the step has borrowed from the page
    this.notes = new Notes(this);
    this.#build();
    const { signal } = this.#left;
    addEventListener("resize", () => this.#fit(), { signal });
    addEventListener("pagehide", () => this.notes.close(), { signal });
  }

  #build() {
    const labelled = (text, label, keys, action) =>
      button(text, action, { title: `${label} (${keys})`, "aria-label": label });
    this.section = make("b");
    this.name = make("span");
    this.count = make("span", { class: "count" });
    this.said = make("span", { role: "status" });
    this.slide = make("div", { class: "slide", tabindex: "-1", role: "group" });
    this.dialog = make(
      "dialog",
      { class: "present", "aria-label": "The lesson, a step at a time" },
      make("header", {}, this.section, this.name),
      this.slide,
      make(
        "footer",
        {},
        labelled("‹", "Back", "Page up", () => this.back()),
        labelled("›", "Next", "Page down", () => this.next()),
        this.count,
        this.said,
        labelled("Notes", "The teacher's notes, in a second window", "n", () => this.#openNotes()),
        labelled("Full screen", "Full screen", "f", () => this.#fullScreen()),
        labelled("End", "End", "Escape", () => this.close()),
      ),
    );
    this.dialog.addEventListener("keydown", (event) => this.key(event));
    this.dialog.addEventListener("close", () => this.#ended());
    this.#touch();
    document.body.append(this.dialog);
  }

  begin(at) {
    this.open = true;
    this.notes.begin();
    this.dialog.showModal();
    this.#fullScreen();
    this.at = -1;
    this.go(at);
  }
  close() {
    this.dialog.close();
  }
  #ended() {
    this.open = false;
    this.put();
    this.dialog.remove();
    this.#left.abort();
    this.notes.close();
    if (document.fullscreenElement) document.exitFullscreen();
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  #fullScreen() {
    // (A browser that lets no page be full screen, or not now, shows the steps in its window.)
    if (document.fullscreenElement) document.exitFullscreen();
    else if (navigator.userActivation?.isActive)
      document.documentElement.requestFullscreen?.().catch(() => {});
  }
  #openNotes() {
    this.said.textContent = this.notes.open()
      ? ""
      : "The browser has blocked the second window. Allow windows for this page, and press n again.";
  }

  // ---- from step to step -----------------------------------------------------------------------
  get step() {
    return this.steps[this.at];
  }
  next() {
    if (this.step.next?.()) this.notes.show();
    else this.go(this.at + 1);
  }
  back() {
    this.go(this.at - 1);
  }
  go(to) {
    const at = Math.min(Math.max(to, 0), this.steps.length - 1);
    if (at === this.at) return;
    this.put();
    this.at = at;
    const { step } = this;
    const box = make("div", { class: "board", "data-kind": step.kind });
    this.slide.replaceChildren(box);
    this.put = (step.show ?? shown).call(step, box) ?? (() => {});
    this.section.textContent = step.section;
    this.name.textContent = step.name === step.section ? "" : step.name;
    this.count.textContent = `${at + 1} of ${this.steps.length}`;
    this.slide.setAttribute("aria-label", `Step ${at + 1} of ${this.steps.length}: ${titleOf(step)}`);
    this.dialog.style.setProperty("--done", (at + 1) / this.steps.length);
    this.#fit();
    this.slide.focus();
    history.replaceState(history.state, "", `#present-${at + 1}`);
    this.notes.show();
  }
  #fit() {
    for (const box of this.slide.querySelectorAll(".fits")) fit(box);
    for (const box of this.slide.querySelectorAll(".zooms")) zoom(box);
  }

  /** The keys of both windows. A clicker sends those for the next and the previous page. */
  key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("select, input")) return;
    const onButton = event.target.closest("button");
    const choice = "123456789".indexOf(event.key);
    const action =
      {
        ArrowRight: () => this.next(),
        ArrowDown: () => this.next(),
        PageDown: () => this.next(),
        " ": onButton ? null : () => this.next(),
        ArrowLeft: () => this.back(),
        ArrowUp: () => this.back(),
        PageUp: () => this.back(),
        Home: () => this.go(0),
        End: () => this.go(this.steps.length - 1),
        n: () => this.#openNotes(),
        f: () => this.#fullScreen(),
      }[event.key] ?? (choice >= 0 && this.step.tally ? () => this.step.tally.add(choice, 1) : null);
    if (!action) return;
    event.preventDefault();
    action();
  }

  /** A finger that swipes turns the page; one that taps beside a button goes on or, in the left third, back. */
  #touch() {
    let from = null;
    this.slide.addEventListener("pointerdown", (event) => {
      const own = event.target.closest("button, select, input, summary, .chart, a");
      from = event.pointerType === "touch" && !own ? event : null;
    });
    this.slide.addEventListener("pointerup", (event) => {
      if (!from) return;
      const by = event.clientX - from.clientX;
      const up = Math.abs(event.clientY - from.clientY);
      from = null;
      if (up > Math.max(Math.abs(by), SWIPE)) return;
      const goesBack = Math.abs(by) > SWIPE ? by > 0 : event.clientX < innerWidth / 3;
      if (goesBack) this.back();
      else this.next();
    });
    this.slide.addEventListener("pointercancel", () => {
      from = null;
    });
  }
}

/** A step that only shows what the page says. */
function shown(box) {
  const text = make("div", { class: "fits" }, ...this.shows.map(copyOf));
  box.append(text);
  if (this.lines) box.append(make("div", { class: "fits" }, copyOf(this.lines)));
}
