// The lesson's own programs, to be changed and run in the page: "what if the third task waits 5 seconds?"
import { make } from "../dom.js";
import { TextBox } from "../live/text_box.js";
import { session } from "../storage.js";

/**
 * Puts a button onto each listing of a program that the page can run.
 *
 * @param {string} lesson
 * @param {Object<string, string>} originals The programs, by name.
 * @returns {(program: string) => string} The present text of a program.
 */
export function editablePrograms(lesson, originals) {
  const texts = new Map(Object.entries(originals));
  for (const figure of document.querySelectorAll("main .program > .listing, main figure.listing")) {
    const link = figure.querySelector("figcaption a");
    const program = link?.textContent.replace(/\.cpp$/, "");
    if (link?.textContent.endsWith(".cpp") && texts.has(program) && !figure.closest(".exercise")) {
      new Changeable(figure, `workbook-changed-${lesson}-${program}`, program, texts);
    }
  }
  return (program) => texts.get(program);
}

class Changeable {
  #key;
  #program;
  #original;
  #texts;
  #figure;
  #box;
  #parts;

  constructor(figure, key, program, texts) {
    this.#figure = figure;
    this.#key = key;
    this.#program = program;
    this.#texts = texts;
    this.#original = texts.get(program);
    this.button = make("button", { type: "button", class: "change" }, "Change it");
    this.button.addEventListener("click", () => this.#open());
    figure.querySelector("figcaption").append(this.button);
    const kept = session.get(key);
    if (kept !== null && kept !== this.#original) this.#open(kept);
  }

  #open(text = this.#original) {
    this.button.hidden = true;
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
    const keys = make("p", { id: `${id}-keys`, class: "keys" }, "Run it below: with your change.");
    const back = make("button", { type: "button", class: "quiet" }, "Back to the original");
    back.addEventListener("click", () => this.#close());
    this.#parts = make("div", { class: "changed desk" }, label, area, keys, back);
    this.#figure.querySelector("pre").hidden = true;
    this.#figure.append(this.#parts);
    this.#box = new TextBox(area, label, keys, () => this.#keep());
    this.#box.text = text;
    this.#keep();
  }

  #keep() {
    this.#texts.set(this.#program, this.#box.text);
    session.set(this.#key, this.#box.text);
  }

  #close() {
    this.#texts.set(this.#program, this.#original);
    session.remove(this.#key);
    this.#parts.remove();
    this.#figure.querySelector("pre").hidden = false;
    this.button.hidden = false;
    this.button.focus();
  }
}
