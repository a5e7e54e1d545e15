// The lesson's own programs, to be changed and run in the page: "what if the third task waits 5 seconds?"
import { button, make } from "../dom.js";
import { TextBox } from "../live/text_box.js";
import { session } from "../storage.js";

/**
 * Puts a button onto each listing of a program that the page can run.
 *
 * @param {string} lesson
 * @param {Object<string, string>} originals The programs, by name.
 * @returns {{textOf: (program: string) => string, open: (file: string, line: number) => void}} The present text of a
 *   program; what opens its editor at a line.
 */
export function editablePrograms(lesson, originals) {
  const texts = new Map(Object.entries(originals));
  const changeables = new Map();
  for (const figure of document.querySelectorAll("main .program > .listing, main figure.listing")) {
    const file = figure.querySelector("figcaption a")?.textContent ?? "";
    const program = file.replace(/\.cpp$/, "");
    if (file.endsWith(".cpp") && texts.has(program) && !figure.closest(".exercise")) {
      const key = `workbook-changed-${lesson}-${program}`;
      changeables.set(file, new Changeable(figure, key, program, texts));
    }
  }
  return {
    textOf: (program) => texts.get(program),
    open: (file, line) => changeables.get(file)?.openAt(line),
  };
}

class Changeable {
  #key;
  #program;
  #original;
  #texts;
  #listing; // the original, as the page has it
  #button;
  #box;
  #parts; // of the editor, while it is open
  #compared;

  constructor(figure, key, program, texts) {
    this.#listing = figure.querySelector("pre");
    this.#key = key;
    this.#program = program;
    this.#texts = texts;
    this.#original = texts.get(program);
    const which = make("span", { class: "unseen" }, `: ${program}.cpp`);
    this.#button = make("button", { type: "button", class: "change" }, "Change it", which);
    this.#button.addEventListener("click", () => {
      this.#open();
      this.#box.focus();
    });
    figure.querySelector("figcaption").append(this.#button);
    const kept = session.get(key);
    if (kept !== null && kept !== this.#original) this.#open(kept);
  }

  openAt(line) {
    if (!this.#parts) this.#open();
    this.#box.goTo(line);
  }

  #open(text = this.#original) {
    this.#button.hidden = true;
    const id = `changed-${this.#program}`;
    const area = make("textarea", {
      id,
      spellcheck: "false",
      autocomplete: "off",
      autocapitalize: "off",
      wrap: "off",
      "aria-describedby": `${id}-keys`,
    });
    const label = make("label", { for: id, class: "unseen" }, `${this.#program}.cpp, to change`);
    const keys = make("p", { id: `${id}-keys`, class: "keys" }, "Run it below, to see what is different.");
    const quiet = (text, action) => button(text, action, { class: "quiet" });
    const compare = quiet("Compare with the original", () => this.#compare(compare));
    compare.setAttribute("aria-expanded", "false");
    this.#compared = make("p", { class: "keys", role: "status" });
    this.#parts = make(
      "div",
      { class: "changed desk" },
      label,
      area,
      keys,
      make("div", { class: "actions" }, compare, quiet("Back to the original", () => this.#close())),
      this.#compared,
    );
    this.#listing.hidden = true;
    this.#listing.before(this.#parts);
    this.#box = new TextBox(area, label, keys, () => this.#keep());
    this.#box.text = text;
    this.#keep();
  }

  #keep() {
    this.#texts.set(this.#program, this.#box.text);
    if (this.#box.text === this.#original) session.remove(this.#key);
    else session.set(this.#key, this.#box.text);
    if (!this.#listing.hidden) this.#mark();
  }

  // The original below the editor, with the lines marked that are changed or gone.
  #compare(button) {
    this.#listing.hidden = !this.#listing.hidden;
    button.setAttribute("aria-expanded", String(!this.#listing.hidden));
    button.textContent = this.#listing.hidden ? "Compare with the original" : "Hide the original";
    this.#mark();
  }
  #mark() {
    const mine = new Set(this.#box.text.split("\n"));
    let count = 0;
    for (const row of this.#listing.querySelectorAll(".row")) {
      const gone = !this.#listing.hidden && !mine.has(row.textContent.replace(/\n$/, ""));
      row.classList.toggle("gone", gone);
      count += gone;
    }
    this.#compared.textContent = this.#listing.hidden
      ? ""
      : count === 0
        ? "The original, of which no line is missing above:"
        : `The original. ${count === 1 ? "One line, which is marked, is" : `${count} lines, which are marked, are`} missing or different above:`;
  }

  #close() {
    this.#texts.set(this.#program, this.#original);
    session.remove(this.#key);
    this.#listing.hidden = false;
    for (const row of this.#listing.querySelectorAll(".gone")) row.classList.remove("gone");
    this.#parts.remove();
    this.#parts = undefined;
    this.#button.hidden = false;
    this.#button.focus();
  }
}
