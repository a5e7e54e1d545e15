// Programs on the page: copying, the notes beside their lines, and the pair as tabs.
import { make } from "./dom.js";

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

// A note and its lines light up together.
for (const program of document.querySelectorAll(".program.noted"))
  program.querySelectorAll(".notes > ol > li").forEach((note, n) => {
    const lines = [...program.querySelectorAll("[data-note]")].filter((row) =>
      row.dataset.note.split(" ").includes(String(n + 1)),
    );
    for (const node of [note, ...lines]) {
      node.addEventListener("pointerenter", () =>
        [note, ...lines].forEach((x) => x.classList.add("lit")),
      );
      node.addEventListener("pointerleave", () =>
        [note, ...lines].forEach((x) => x.classList.remove("lit")),
      );
    }
  });

// Where two programs do not fit side by side, one is shown at a time (assets/workbook.css says where).
for (const pair of document.querySelectorAll(".pair")) {
  const programs = [...pair.querySelectorAll(":scope > .program")];
  const names = programs.map((program) => program.querySelector("figcaption a").textContent);
  const show = (chosen) =>
    programs.forEach((program, n) => {
      program.classList.toggle("other", n !== chosen);
      buttons[n].setAttribute("aria-pressed", String(n === chosen));
    });
  const buttons = programs.map((program, n) => {
    const button = make("button", { type: "button", "data-role": program.dataset.role }, names[n]);
    button.addEventListener("click", () => show(n));
    return button;
  });
  pair.prepend(
    make(
      "div",
      { class: "tabs", role: "group", "aria-label": "Which program to show" },
      ...buttons,
    ),
  );
  pair.classList.add("tabbed");
  show(0);
}
