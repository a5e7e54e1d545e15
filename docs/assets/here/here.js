// A lesson's page that compiles, runs and checks by itself. ../offer.js loads this; what is behind the button is loaded
// when it is pressed, or when it was on an earlier visit.
import { make } from "../dom.js";
import { local } from "../storage.js";
import { findKit, keptIndex, Trouble } from "./store.js";

const WANTED = "workbook-compiles-here"; // the reader has pressed the button once
const LEAST_MEMORY = 2; // GB, of the whole device, where the browser says so

const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;

// Why this browser cannot, as a sentence; empty if it can.
function obstacle() {
  if (!("caches" in window)) return "Running in the page needs a site with https, and this is none.";
  if (navigator.deviceMemory < LEAST_MEMORY) return "Running in the page needs about half a gigabyte of memory, and this device has little. The recorded runs are here as ever.";
  try {
    new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 8, 1, 6, 0, 6, 64, 25, 11, 11));
  } catch {
    return "Running in the page needs a newer browser: one that knows exceptions in WebAssembly.";
  }
  return "";
}

/** Puts the offer onto the page. */
export async function describe({ lesson }) {
  const about = await (await fetch(new URL(`lessons/${lesson}.json`, import.meta.url))).json();
  const place = document.querySelector("workbook-replay, .exercise .work");
  if (!place || (Object.keys(about.programs).length === 0 && !about.exercise)) return;
  const kept = await keptIndex();
  const why = obstacle();
  if (why) {
    place.after(make("p", { class: "offer" }, why));
    return;
  }
  if (kept && local.get(WANTED)) {
    await start(lesson, about, await findKit());
    return;
  }
  const kit = await findKit();
  const button = make("button", { type: "button", class: "primary" }, `Run and check here (${megabytes(kit.bytes)}, once)`);
  const bar = make("progress", { max: String(kit.bytes), value: "0", hidden: "" });
  const said = make("p", { role: "status" }, "A C++ compiler for this page: it is fetched once, stays in this browser, and then works without a network. Nothing that you write leaves the page.");
  const box = make("section", { class: "offer", "aria-label": "Run and check in this page" }, button, bar, said);
  place.after(box);
  let fetching;
  button.addEventListener("click", async () => {
    if (fetching) {
      fetching.abort();
      return;
    }
    fetching = new AbortController();
    button.textContent = "Stop";
    bar.hidden = false;
    try {
      const stays = await kit.fetchAll((bytes) => {
        bar.value = bytes;
        said.textContent = `${megabytes(bytes)} of ${megabytes(kit.bytes)}`;
      }, fetching.signal);
      local.set(WANTED, "yes");
      box.remove();
      await start(lesson, about, kit, stays);
    } catch (error) {
      button.textContent = `Go on (${megabytes(kit.bytes)})`;
      said.textContent = error instanceof Trouble ? error.message : "Stopped. What is there is kept.";
    }
    fetching = undefined;
  });
}

async function start(lesson, about, kit, stays = true) {
  const [{ PageHost }, { runBoxes }, { exerciseDesk }] = await Promise.all([
    import("./page_host.js"), import("../live/run.js"), import("../live/exercise.js"),
  ]);
  const style = make("link", { rel: "stylesheet", href: new URL("../live/live.css", import.meta.url) });
  document.head.append(style);
  const host = new PageHost(lesson, about);
  const note = stays ? "" : " The browser keeps nothing here, so the compiler is fetched again on the next visit.";
  runBoxes(lesson, { programs: Object.keys(about.programs), arguments: {}, runs_real_time: false }, host, {
    limits: `Compiles and runs the programs in this page, in simulated time.${note}`,
  });
  if (about.exercise) {
    await exerciseDesk(lesson, host, {
      limits: "Compiled, run and judged in this page, as ./workbook check does it. The browser keeps what you write: Export saves it as the file for my/.",
    });
  }
}
