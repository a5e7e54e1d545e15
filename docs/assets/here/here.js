// A lesson's page that itself compiles, runs and checks: fetches what it needs, and puts the run boxes and the desk
// of ./workbook serve (../live) onto the page, with a host that is the page itself.
import { make } from "../dom.js";
import { exerciseDesk } from "../live/exercise.js";
import { runBoxes } from "../live/run.js";
import { editablePrograms } from "./edit.js";
import { PageHost } from "./page_host.js";
import { findKit } from "./store.js";

const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;

/**
 * Opens the page: its programs can be changed at once, and run as soon as the compiler is there.
 *
 * @param {string} lesson Its name.
 * @param {HTMLElement} box The offer (../offer.js), which shows how much is fetched, and then goes.
 * @returns {Promise<{change: (file: string, line: number) => void, ready: Promise<void>}>} `change` opens a program in
 *   the editor.
 */
export async function open(lesson, box) {
  const about = await (await fetch(new URL(`lessons/${lesson}.json`, import.meta.url))).json();
  const style = make("link", { rel: "stylesheet", href: new URL("../live/live.css", import.meta.url) });
  document.head.append(style);
  await new Promise((done) => (style.onload = style.onerror = done));
  if (!document.body.dataset.lesson) await showProgram(lesson);
  const programs = editablePrograms(lesson, about.programs);
  return { change: programs.open, ready: fetchAndRun(lesson, box, about, programs.textOf) };
}

async function fetchAndRun(lesson, box, about, textOf) {
  const { kit, stays } = await fetched(box);
  box.remove();
  const host = new PageHost(lesson, about, kit, textOf);
  const again = stays ? "" : " The browser does not keep the compiler: it is fetched again on the next visit.";
  const programs = Object.keys(about.programs);
  const given = Object.fromEntries(programs.map((program) => [program, []]));
  runBoxes(lesson, { programs, arguments: given, runs_real_time: false }, host, {
    limits: `Compiles and runs the programs in this page, in simulated time.${again}`,
    plays: true,
  });
  noteRefused(about);
  if (about.exercise && document.querySelector(".exercise"))
    await exerciseDesk(lesson, host, {
      limits: `Compiled, run and judged in this page, as ./workbook check does it. The browser keeps what you write.${again}`,
      carries: true,
    });
  host.warmUp();
  keepForLater();
}

// On the first page the replay is alone: its program comes above it, as it is on the lesson's page, to be changed.
async function showProgram(lesson) {
  const address = new URL(`../../lessons/${lesson}/index.html`, import.meta.url);
  const page = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");
  const replay = document.querySelector("main workbook-replay");
  const { program } = replay.querySelector(".screen").dataset;
  const listing = document.importNode(page.getElementById(`${program}.cpp`), true);
  for (const link of listing.querySelectorAll("a")) link.href = new URL(link.getAttribute("href"), address);
  for (const row of listing.querySelectorAll("[data-note]")) delete row.dataset.note; // the notes are there
  replay.before(make("div", { class: "program", "data-role": program }, listing));
}

// Why not everything on the page can run in it, where that is so.
function noteRefused({ programs, refused }) {
  const reasons = Object.entries(refused).map(([program, why]) => `${program}, because ${why}`);
  const some = Object.keys(programs).length > 0;
  if (some && reasons.length === 0) return;
  const text = some
    ? `Not in the page, but with ./workbook on your machine: ${reasons.join("; ")}.`
    : "The programs of this lesson need files, threads, a network or other programs: they run on your machine, with ./workbook.";
  (document.querySelector(".run-box") ?? document.querySelector("main workbook-replay"))?.after(
    make("p", { class: "limits" }, text),
  );
}

// This page, with everything that it consists of, also works without a network.
async function keepForLater() {
  try {
    const worker = await navigator.serviceWorker.register(new URL("../../offline.js", import.meta.url));
    await navigator.serviceWorker.ready;
    const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
    const keep = [location.href.split("#")[0], ...loaded].filter(
      (url) => url.startsWith(location.origin) && !url.includes("/here/kit/parts/"),
    );
    worker.active.postMessage({ keep });
  } catch {
    // A browser without service workers needs the network.
  }
}

// The kit, and whether it stays in the browser. Comes back when everything is there, however often the fetch was stopped or cut off.
async function fetched(box) {
  const bar = make("progress", { value: "0" });
  const said = make("p", { role: "status" });
  const button = make("button", { type: "button", class: "quiet" }, "Stop");
  box.replaceChildren(bar, said, button);
  let unkept;
  for (;;) {
    const stopped = new AbortController();
    const pressed = () => new Promise((done) => button.addEventListener("click", done, { once: true }));
    pressed().then(() => stopped.abort());
    button.textContent = "Stop";
    try {
      const kit = await findKit(unkept);
      unkept = kit.unkept;
      bar.max = kit.bytes;
      const stays = await kit.fetchAll((bytes) => {
        bar.value = bytes;
        said.textContent = `${megabytes(bytes)} of ${megabytes(kit.bytes)}`;
      }, stopped.signal);
      return { kit, stays };
    } catch (error) {
      said.textContent = error.name === "AbortError" ? "Stopped. What has been fetched is kept." : error.message;
      button.textContent = "Go on";
      await pressed();
    }
  }
}
