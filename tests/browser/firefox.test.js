// One whole round in Firefox: the first visit fetches the compiler, an exercise is judged, and the second visit fetches
// nothing. SITE is a site that was built with tools/browser's kit; FIREFOX is another program than Debian's.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { launchFirefox } from "../pages/firefox.js";
import { Host } from "../pages/host.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const lesson = "03-sleep-loop";
const solution = readFileSync(join(root, "solutions", lesson, "exercise.cpp"), "utf8");

let browser;
let host;
before(async () => {
  host = await new Host().start();
  browser = await launchFirefox();
});
after(async () => {
  await browser?.close();
  host.stop();
});

// Waits until `look`, called in the page, finds something, and returns it. (Puppeteer's own waits call eval in the page,
// and that of Firefox 140 is refused by the page's policy.)
async function until(page, look, ...given) {
  const limit = Date.now() + 120_000;
  for (;;) {
    const found = await page.evaluate(look, ...given);
    if (found) return found;
    if (Date.now() > limit) {
      const text = await page.evaluate(() => document.querySelector(".offer, .exercise")?.innerText);
      throw new Error(`after two minutes ${look} finds nothing. The page says: ${text}`);
    }
    await pause(100);
  }
}
const is_there = (selector) => document.querySelector(selector) !== null;
const click = (page, selector) => until(page, (selector) => {
  const button = document.querySelector(selector);
  if (!button || button.disabled) return false;
  button.click();
  return true;
}, selector);

// (After the first visit the page opens without being asked.)
async function visit(asked) {
  const page = await browser.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  await page.goto(`${host.base}lessons/${lesson}/index.html`);
  if (asked) await click(page, ".offer button");
  await until(page, is_there, ".exercise .desk");
  return { page, faults };
}

async function verdict(page) {
  await click(page, ".bench .primary");
  return until(page, () => {
    const judged = document.querySelector(".bench .judgement[data-verdict]");
    return judged && document.querySelector(".bench .said").innerText;
  });
}

async function write(page, text) {
  await page.evaluate((text) => {
    const file = document.querySelector("#my-file");
    file.focus();
    document.execCommand("selectAll");
    document.execCommand("insertText", false, text);
  }, text);
}

test("an exercise is judged in Firefox, and the second visit fetches no compiler", async () => {
  const first = await visit(true);
  assert.match(await verdict(first.page), /did not overlap/);
  await write(first.page, solution);
  assert.match(await verdict(first.page), /^Right\./);
  assert.deepEqual(first.faults, []);
  await first.page.close();

  const before = host.sent;
  const second = await visit(false);
  assert.match(await verdict(second.page), /^Right\./);
  assert.ok(host.sent - before < 2e6, `the second visit fetched ${host.sent - before} bytes`);
  assert.deepEqual(second.faults, []);
});
