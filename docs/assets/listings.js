// Programs on the page: copying, and the notes where their lines are.
import { make } from "./dom.js";
import { local } from "./storage.js";

/** Brings a program's listing into view: behind the other one of its pair it may not be seen. */
export function reveal(file) {
  const figure = document.getElementById(file);
  const buttons = figure?.closest(".pair")?.querySelectorAll(":scope > .tabs button") ?? [];
  [...buttons].find((button) => button.textContent === file)?.click();
  return figure;
}

for (const figure of document.querySelectorAll(".listing")) {
  const button = make("button", { type: "button", class: "copy" }, "Copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(figure.querySelector("code").textContent);
      button.textContent = "Copied";
    } catch {
      // not allowed (a page opened as a file, in some browsers): select it, Ctrl+C does the rest
      getSelection().selectAllChildren(figure.querySelector("code"));
      button.textContent = "Selected";
    }
    setTimeout(() => {
      button.textContent = "Copy";
    }, 2000);
  });
  figure.querySelector("figcaption").append(button);
}

const HIDDEN = "workbook-notes-hidden";
const GAP = 6; // px between two notes that are beside each other's lines

/** Where the call or the signature ends that begins in this row: a note does not part it. */
function lastOf(row) {
  let open = 0;
  for (let last = row; ; last = last.nextElementSibling) {
    const text = last.textContent.trimEnd();
    open += text.split("(").length - text.split(")").length;
    const next = last.nextElementSibling;
    if (open <= 0 || text.endsWith("{") || !next || next.dataset.note) return last;
    next.classList.add("goes-on");
  }
}

// Each note is put where its line is: beside it or, where there is no room for that (assets/workbook.css says where),
// below it, in a gap of the listing. The notes stay out of the listing, so what is copied is the program.
class Notes {
  #program;
  #notes; // with the rows that they are about, in the order of the rows
  #due = 0;

  constructor(program) {
    this.#program = program;
    const numbered = [...program.querySelectorAll(".notes > ol > li")];
    this.#notes = [...program.querySelectorAll("[data-note]")]
      .filter((row) => row.matches(".row"))
      .map((row) => ({ row, last: lastOf(row), note: numbered[row.dataset.note - 1] }));
    for (const one of this.#notes) this.#listen(one);
    this.toggle = make("button", { type: "button", class: "hide-notes" });
    this.toggle.addEventListener("click", () => local.set(HIDDEN, this.fold(this.#anyOpen()) ? "yes" : ""));
    this.fold(Boolean(local.get(HIDDEN)));
    // (In the next frame: what is measured here is changed by it.)
    const watch = new ResizeObserver(() => {
      if (!this.#due) this.#due = requestAnimationFrame(() => this.place());
    });
    for (const node of [program, ...numbered]) watch.observe(node);
  }

  #listen({ row, note }) {
    for (const node of [note, row]) {
      node.addEventListener("pointerenter", () => [note, row].forEach((x) => x.classList.add("lit")));
      node.addEventListener("pointerleave", () => [note, row].forEach((x) => x.classList.remove("lit")));
    }
    row.querySelector(".to-note").addEventListener("click", (event) => {
      if (!this.#below()) return;
      event.preventDefault();
      note.classList.toggle("folded");
      this.place();
    });
  }
  #below() {
    return this.#program.classList.contains("below");
  }
  #anyOpen() {
    return this.#notes.some(({ note }) => !note.classList.contains("folded"));
  }
  fold(all) {
    for (const { note } of this.#notes) note.classList.toggle("folded", all);
    this.place();
    return all;
  }

  place() {
    this.#due = 0;
    const program = this.#program;
    // (While the program is being changed, here/edit.js, its lines are nowhere: then the notes are a list below it.)
    const listed = program.querySelector("pre").hidden;
    const beside = getComputedStyle(program).display === "grid";
    program.classList.toggle("beside", beside && !listed);
    program.classList.toggle("below", !beside && !listed);
    const notes = this.#notes;
    // A note that is beside its line is never folded.
    if (beside) for (const { note } of notes) note.classList.remove("folded");
    const heights = notes.map(({ note }) => note.querySelector("div").offsetHeight);
    notes.forEach(({ last }, n) => last.style.setProperty("--note", `${heights[n]}px`));
    const top = program.querySelector(".notes").offsetTop;
    let end = 0;
    const places = notes.map(({ row, last }, n) => {
      if (!beside) return last.offsetTop + last.offsetHeight - 1; // (no hairline between them)
      const at = Math.max(row.offsetTop - top, end);
      end = at + heights[n] + GAP;
      return at;
    });
    end = Math.max(end, program.querySelector(".listing").offsetHeight);
    const bar = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop);
    program.style.setProperty(
      "--stick",
      `${Math.min(bar, innerHeight - program.offsetHeight - GAP)}px`,
    );
    notes.forEach(({ note, row }, n) => {
      note.style.setProperty("--y", `${places[n]}px`);
      note.style.setProperty("--range", `${(places[n + 1] ?? end) - places[n] - GAP}px`);
      const link = row.querySelector(".to-note");
      if (beside) link.removeAttribute("aria-expanded");
      else link.setAttribute("aria-expanded", String(!note.classList.contains("folded")));
    });
    program.querySelector(".notes > ol").style.setProperty("--height", `${end}px`);
    this.toggle.textContent = this.#anyOpen() ? "Hide notes" : "Show notes";
  }
}

for (const program of document.querySelectorAll(".program.noted")) {
  const notes = new Notes(program);
  program.querySelector(".copy").before(notes.toggle);
}
