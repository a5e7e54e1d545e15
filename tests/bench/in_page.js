// How long a learner waits for a verdict in the page, beside the command line, in one run:
//   SITE=build/site node tests/bench/in_page.js
// From nothing in the browser to the compiler that is ready, with the bytes fetched; the first verdict of a visit and of a
// second visit; then of every exercise that the page can check, the median of three, each after a changed line, beside
// `CXX=clang++-19 ./workbook check` of the same file; and the memory of the tab. Needs what tests/browser/run needs, and
// clang++-19.
import { execFileSync } from "node:child_process";
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { Host } from "../pages/host.js";
import { launch } from "../pages/browser.js";

const ROUNDS = 3;
const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const solution = (lesson) => join(root, "solutions", lesson, "exercise.cpp");
const median = (all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)];
const since = (began) => (performance.now() - began) / 1000;
const seconds = (number) => `${number.toFixed(2)} s`;

// ---- The page ----------------------------------------------------------------------------------

const host = await new Host().start();
const browser = await launch();
const context = await browser.newContext();
context.setDefaultTimeout(120_000);

async function visit(lesson) {
  const page = await context.newPage();
  await page.goto(`${host.base}lessons/${lesson}/index.html`);
  const [began, sent] = [performance.now(), host.sent];
  // (After the first visit the page opens without being asked.)
  if (!(await page.evaluate(() => localStorage.getItem("workbook-compiles-here")))) await page.locator(".offer button").click();
  await page.locator(".exercise .desk").waitFor();
  return { page, ready: since(began), sent: host.sent - sent };
}

async function verdict(page, text) {
  await page.locator("#my-file").first().click();
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.insertText(text);
  // (The page itself looks at its clock: playwright asks only every half second whether something is there.)
  const waited = await page.evaluate(() => new Promise((done) => {
    const bench = document.querySelector(".bench");
    const began = performance.now();
    bench.querySelector(".primary").click();
    new MutationObserver((_, observer) => {
      if (!bench.querySelector(".judgement[data-verdict]")) return;
      observer.disconnect();
      done((performance.now() - began) / 1000);
    }).observe(bench, { subtree: true, childList: true, attributes: true });
  }));
  return { waited, said: await page.locator(".bench .said").innerText() };
}

// The memory of the largest renderer, in MB: what only it has, and its share of the rest.
function memory() {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map((id) => {
    try {
      if (!readFileSync(`/proc/${id}/cmdline`, "utf8").includes("--type=renderer")) return 0;
      return Number(/^Pss: +(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, "utf8"))[1]) / 1024;
    } catch {
      return 0; // ended in between
    }
  });
  return Math.max(...all);
}

const refused = JSON.parse(readFileSync(join(root, "tools/browser/refused.json"), "utf8"));
const lessons = readdirSync(join(root, "solutions"))
  .filter((name) => /^\d\d-/.test(name) && !refused[name]?.exercise) // for those a page offers no desk
  .sort();
const inPage = new Map();
const memories = new Map();
for (const [i, lesson] of lessons.entries()) {
  const { page, ready, sent } = await visit(lesson);
  const text = readFileSync(solution(lesson), "utf8");
  const first = await verdict(page, text);
  if (!first.said.startsWith("Right.")) throw new Error(`${lesson}: the solution is not right in the page: ${first.said}`);
  if (i < 2) console.log(`${i === 0 ? "first" : "second"} visit: ready after ${seconds(ready)}, ${(sent / 1e6).toFixed(1)} MB; its first verdict after ${seconds(first.waited)}`);
  const all = [];
  for (let round = 0; round < ROUNDS; ++round) all.push((await verdict(page, `${text}// ${round}\n`)).waited);
  inPage.set(lesson, median(all));
  memories.set(lesson, memory());
  await page.close();
}
await browser.close();
host.stop();

// ---- The command line --------------------------------------------------------------------------

const work = mkdtempSync(join(tmpdir(), "in-page-"));
process.on("exit", () => rmSync(work, { recursive: true }));
execFileSync("sh", ["-c", `git -C "$1" archive HEAD | tar -C "$2" -xf -`, "copy", root, work]);
mkdirSync(join(work, "my"));
const env = { ...process.env, CXX: "clang++-19", XDG_STATE_HOME: join(work, "state") };
const check = (lesson) => execFileSync("./workbook", ["check", lesson], { cwd: work, env, stdio: ["ignore", "pipe", "pipe"] });
const ratios = [];
for (const [lesson, page] of inPage) {
  const mine = join(work, "my", `${lesson}.cpp`);
  copyFileSync(solution(lesson), mine);
  check(lesson);
  const all = [];
  for (let round = 0; round < ROUNDS; ++round) {
    appendFileSync(mine, `// ${round}\n`);
    const began = performance.now();
    check(lesson);
    all.push(since(began));
  }
  ratios.push(page / median(all));
  console.log(`${lesson}: in the page ${seconds(page)}, on the command line ${seconds(median(all))}; the tab's memory ${Math.round(memories.get(lesson))} MB`);
}
const waits = [...inPage.values()];
console.log(`in the page, over ${waits.length} exercises: the median ${seconds(median(waits))} (at most 1.5), the slowest ${seconds(Math.max(...waits))} (at most 3)`);
console.log(`ratio to the command line, the median: ${median(ratios).toFixed(1)}`);
console.log(`memory of the tab: ${Math.round(Math.max(...memories.values()))} MB (at most 500)`);
