// Where the site has a compiler for the page (here/), a button offers it, and says what it costs. Nothing of it is
// fetched before the reader wants it; a reader who wanted it once has it on every page.
import { make } from "./dom.js";
import { local } from "./storage.js";

const WANTED = "workbook-compiles-here";
const LEAST_MEMORY = 2; // GB, of the whole device, where the browser says so

// A module with one function that catches an exception.
const CATCHES = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 8, 1, 6, 0, 6, 64, 25, 11, 11,
];

// Why this browser cannot, as a sentence; empty if it can.
function obstacle() {
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

const { kit, base } = document.body.dataset;
// The first page has the replay of the first lesson.
const { lesson = "01-print" } = document.body.dataset;

async function begin(box) {
  const { open } = await import(new URL("assets/here/here.js", new URL(`${base}/`, location)));
  await open(lesson, box);
  local.set(WANTED, "yes");
}

// (With ./workbook serve the machine's own compiler is used.)
const place = document.querySelector("main workbook-replay, .exercise .work");
if (kit && place && /^https?:$/.test(location.protocol) && !window.workbookServed) {
  const why = obstacle();
  const said = make(
    "p",
    { role: "status" },
    why ||
      "Change the programs, run them and check your answers in this page. The compiler for it is fetched once and stays in this browser: then it works without a network, and nothing that you write leaves the page.",
  );
  const box = make("section", { class: "offer", "aria-label": "Run and check in this page" }, said);
  if (!why) {
    const button = make("button", { type: "button", class: "primary" }, `Try it here (${kit} MB, once)`);
    button.addEventListener("click", () => begin(box), { once: true });
    box.prepend(button);
  }
  place.after(box);
  if (!why && local.get(WANTED)) begin(box);
}
