// Where a program is written: a text area, and CodeMirror as soon as the reader begins to edit.

export class TextBox {
  #area;
  #box;
  #changed;

  /**
   * @param {HTMLTextAreaElement} area Its id becomes the editor's.
   * @param {HTMLLabelElement} label
   * @param {HTMLElement} keys A note on its keys, to which the editor adds its own.
   * @param {() => void} changed Called whenever the reader has changed the text.
   */
  constructor(area, label, keys, changed) {
    this.#area = area;
    this.#changed = changed;
    this.#box = {
      get text() {
        return area.value;
      },
      set text(text) {
        area.value = text;
        area.rows = Math.max(12, text.split("\n").length + 1);
        area.setSelectionRange(0, 0);
      },
      goTo(line) {
        const rows = area.value.split("\n").slice(0, line - 1);
        const at = rows.reduce((sum, row) => sum + row.length + 1, 0);
        area.focus();
        area.setSelectionRange(at, at);
      },
      focus: () => area.focus(),
    };
    area.addEventListener("input", changed);
    area.addEventListener("focus", () => this.#upgrade(label, keys), { once: true });
  }

  get text() {
    return this.#box.text;
  }
  set text(text) {
    this.#box.text = text;
  }
  goTo(line) {
    this.#box.goTo(line);
  }
  focus() {
    this.#box.focus();
  }

  async #upgrade(label, keys) {
    let editor;
    try {
      editor = await import("../editor.js");
    } catch {
      return; // it was built without npm: a text area will do
    }
    const { id } = this.#area;
    label.id = `${id}-name`;
    label.removeAttribute("for");
    this.#box = editor.replace(
      this.#area,
      { id, tabindex: "0", "aria-labelledby": label.id, "aria-describedby": keys.id },
      this.#changed,
    );
    label.addEventListener("click", () => this.#box.focus());
    keys.textContent += " Tab indents; to leave the box with Tab, press Esc first.";
  }
}
