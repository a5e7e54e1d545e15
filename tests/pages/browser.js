// Shared by the tests: the pages of the built site, and Chromium.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";
import { Host, root, site } from "./host.js";

export { root, site };
export const lessons = fs
  .readdirSync(path.join(root, "lessons"))
  .filter(
    (name) => /^\d\d-/.test(name) && fs.existsSync(path.join(root, "lessons", name, "README.md")),
  )
  .sort();
export const read = (...parts) => fs.readFileSync(path.join(root, ...parts), "utf8");
export const pages = fs
  .readdirSync(site, { recursive: true })
  .filter((name) => name.endsWith(".html"))
  .sort();
export const pageOf = (lesson) => `lessons/${lesson}/index.html`;

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

/** Waits until `holds` does in the page. (Playwright's waitForFunction needs eval, which no page allows.) */
export async function until(page, holds, told) {
  while (!(await page.evaluate(holds, told)))
    await page.evaluate(() => new Promise((done) => setTimeout(done, 20)));
}

/** A separate page: an error in it counts as a fault, and so does a request that leaves the site. */
export async function visit(browser, base, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    reducedMotion: "no-preference",
    ...options,
  });
  context.setDefaultTimeout(120_000); // nothing takes this long, unless it is stuck
  await context.addInitScript(() => {
    /** The words in this element that end in another line than they begin. */
    globalThis.brokenWords = (code) => {
      const broken = [];
      const walker = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode())
        for (const word of node.data.matchAll(/\w+/g)) {
          const range = document.createRange();
          range.setStart(node, word.index);
          range.setEnd(node, word.index + word[0].length);
          const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
          if (lines.size > 1) broken.push(word[0]);
        }
      return broken;
    };
  });
  const page = await context.newPage();
  const faults = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(base) && !/^(file|data|blob):/.test(request.url()))
      faults.push(`asks for ${request.url()}`);
  });
  page.on("requestfailed", (request) =>
    faults.push(`${request.url()}: ${request.failure()?.errorText}`),
  );
  page.on("response", (response) => {
    if (response.status() >= 400) faults.push(`${response.url()}: ${response.status()}`);
  });
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
  });
  return { page, faults, context };
}

/** Chromium and a host, for a file of tests: what to do before them and after them, and `on`. */
export function browsing() {
  const shared = {
    async start() {
      [shared.browser, shared.server] = await Promise.all([launch(), new Host().start()]);
    },
    async stop() {
      await shared.browser?.close();
      shared.server?.stop();
    },
    /** Runs `body` on the page of that address, in its own context, and then checks that nothing went wrong in it. */
    async on(address, options, body) {
      const { page, faults, context } = await visit(shared.browser, shared.server.base, options);
      try {
        await page.goto(new URL(address, shared.server.base).href, { waitUntil: "load" });
        await body(page);
        assert.deepEqual(faults, [], "no error, and no request that leaves the site");
      } finally {
        await context.close();
      }
    },
  };
  return shared;
}
