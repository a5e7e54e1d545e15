// One whole round in Firefox: the first visit fetches the compiler, an exercise is judged, and the second visit fetches
// nothing. SITE is a site that was built with tools/browser's kit; FIREFOX is another program than Debian's.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
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

// (After the first visit the page opens without being asked.)
async function visit(asked) {
  const page = await browser.newPage();
  page.setDefaultTimeout(120_000);
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  await page.goto(`${host.base}lessons/${lesson}/index.html`);
  if (asked) await page.locator(".offer button").click();
  await page.waitForSelector(".exercise .desk");
  return { page, faults };
}

async function verdict(page) {
  await page.locator(".bench .primary").click();
  await page.waitForSelector(".bench .judgement[data-verdict]");
  return page.$eval(".bench .said", (said) => said.innerText);
}

test("an exercise is judged in Firefox, and the second visit fetches no compiler", async () => {
  const first = await visit(true);
  assert.match(await verdict(first.page), /did not overlap/);
  await first.page.locator("#my-file").fill(solution);
  assert.match(await verdict(first.page), /^Right\./);
  assert.deepEqual(first.faults, []);
  await first.page.close();

  const before = host.sent;
  const second = await visit(false);
  assert.match(await verdict(second.page), /^Right\./);
  assert.ok(host.sent - before < 2e6, `the second visit fetched ${host.sent - before} bytes`);
  assert.deepEqual(second.faults, []);
});
