// Where the site has a compiler for the page (here/), a button offers it, and says what it costs. Nothing of it is
// fetched before the reader wants it; a reader who wanted it once has it on every page.
import { make } from "./dom.js";
import { changeHere, showOnly } from "./change.js";
import { reveal } from "./listings.js";
import { isServed } from "./served.js";
import { local } from "./storage.js";

const WANTED = "workbook-compiles-here";
const LEAST_MEMORY = 2; // GB, of the whole device, where the browser says so

// A module with one function that catches an exception.
const CATCHES = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 8, 1, 6, 0, 6, 64, 25, 11, 11,
];

// (`kit` is how much is fetched, 0 where nothing of the lesson could run.)
const { kit, base } = document.body.dataset;
// The first page has the replay of the first lesson.
const { lesson = "01-print" } = document.body.dataset;

// Why the page cannot, as a sentence; empty if it can.
function obstacle() {
  if (kit === "0")
    return "This lesson needs files, threads, a network or other programs: it runs on your machine, with ./workbook.";
  if (location.protocol === "file:")
    return "To run it in the page, open the published site, or type ./workbook serve: a page that was opened as a file cannot.";
  if (!window.isSecureContext) return "To run it in the page, open the site over https.";
  if (navigator.deviceMemory < LEAST_MEMORY)
    return "Running it in the page takes about half a gigabyte of memory, and this device has little.";
  if (
    typeof DecompressionStream === "undefined" ||
    !WebAssembly.validate(Uint8Array.from(CATCHES))
  )
    return "Running it in the page takes a newer browser, one that supports exceptions in WebAssembly.";
  return "";
}

class Offer {
  #page; // what here.js makes of this page, once it is wanted

  constructor(place) {
    const why = obstacle();
    this.box = make("section", { class: "offer", "aria-label": "Run and check in this page" });
    place.after(this.box);
    if (why) this.box.append(make("p", { role: "status" }, why));
    else this.#invite();
  }

  #invite(said) {
    const button = make("button", { type: "button", class: "primary" }, `Try it here (${kit} MB, once)`);
    button.addEventListener("click", () => this.begin());
    const text =
      said ??
      "Change the programs, run them and check your answers in this page. The compiler for it is fetched once and stays in this browser: then it works without a network, and nothing that you write leaves the page.";
    this.box.replaceChildren(button, make("p", { role: "status" }, text));
    const wanted = !said && local.get(WANTED);
    changeHere((file, line) => this.begin(file, line), wanted ? "" : `${kit} MB, once`);
    if (wanted) this.begin();
  }

  /** Opens the page, and the editor of a program, if one is named. */
  async begin(file, line) {
    try {
      this.#page ??= this.#open();
      const page = await this.#page;
      if (!file) return;
      reveal(file);
      page.change(file, line);
    } catch {
      this.#page = undefined;
      this.#invite("This part of the site could not be loaded. Is the network away? Try again when it is back.");
    }
  }

  async #open() {
    const { open } = await import(new URL("assets/here/here.js", new URL(`${base}/`, location)));
    const page = await open(lesson, this.box);
    page.ready.then(() => {
      local.set(WANTED, "yes");
      changeHere(undefined, "");
    });
    return page;
  }
}

// (With ./workbook serve the machine's own compiler is used.)
const place = document.querySelector("main workbook-replay, .exercise .work");
if (kit && place && !isServed()) {
  const { box } = new Offer(place);
  document.addEventListener("workbook:served", () => {
    box.remove();
    showOnly();
  });
}
