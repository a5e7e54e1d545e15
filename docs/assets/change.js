// "What if it waited 4 seconds?": a link to the line to change. As it is in the page it leads to the program, and marks
// the line there; where the page can run programs (offer.js) it is a button that opens the editor at that line.
import { make } from "./dom.js";
import { reveal } from "./listings.js";

const made = []; // each link, and the button in its place

/**
 * Makes buttons of these links, or gives them another text.
 *
 * @param {(file: string, line: number) => void} action
 * @param {string} cost What has to be fetched first, if anything.
 */
export function changeHere(action, cost) {
  for (const link of document.querySelectorAll("a.change-line")) {
    const { file, line } = link.dataset;
    const button = make("button", { type: "button", class: "change-line" });
    button.addEventListener("click", () => action(file, Number(line)));
    link.replaceWith(button);
    made.push([link, button]);
  }
  for (const [, button] of made) button.textContent = `Change it here${cost && ` (${cost})`}`;
}

/** Links again. */
export function showOnly() {
  for (const [link, button] of made.splice(0)) button.replaceWith(link);
}

for (const link of document.querySelectorAll("a.change-line"))
  link.addEventListener("click", () => {
    const { file, line } = link.dataset;
    reveal(file)?.querySelectorAll("code > .row")[line - 1].classList.add("lit");
  });
if (location.hash.endsWith(".cpp")) reveal(location.hash.slice(1))?.scrollIntoView();
