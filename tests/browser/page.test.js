// The page that itself compiles, runs and checks, in Chromium. SITE is a site that was built with tools/browser's kit.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { everyRule, violations } from "../pages/axe.js";
import { launch } from "../pages/browser.js";
import { Host } from "./host.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const site = process.env.SITE;
const solution = (lesson) => readFileSync(join(root, "solutions", lesson, "exercise.cpp"), "utf8");
const starter = (lesson) => readFileSync(join(root, "lessons", lesson, "exercise.cpp"), "utf8");
const index = JSON.parse(readFileSync(join(site, "assets/here/kit/index.json"), "utf8"));

let browser;
let host;
before(async () => {
  browser = await launch();
  host = await new Host().start();
});
after(async () => {
  await browser.close();
  host.stop();
});

// A visitor with their own browser profile.
async function visitor(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(90_000);
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  return { context, page, faults };
}

const open = (page, lesson) => page.goto(`${host.base}/lessons/${lesson}/index.html`);
const desk = (page) => page.locator(".exercise .desk").waitFor();

async function opened(lesson, options) {
  const visit = await visitor(options);
  await open(visit.page, lesson);
  await visit.page.locator(".offer button").click();
  await desk(visit.page);
  return visit;
}

async function write(page, text, field = "#my-file") {
  await page.locator(field).first().click();
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.insertText(text);
}

const judged = (page) => page.locator(".bench .judgement[data-verdict]").waitFor();
const said = (page) => page.locator(".bench .said").innerText();

async function check(page, text) {
  if (text !== undefined) await write(page, text);
  await page.locator(".bench .primary").click();
  await judged(page);
  return said(page);
}

const main = (body) => `#include <asio.hpp>\n#include <chrono>\n#include <fmt/core.h>\n#include <stdexcept>\nint main() {\n${body}\n}\n`;

// ---- ------------------------------------------------------------------------------------------

describe("an exercise in the page", () => {
  let page;
  let faults;
  before(async () => {
    const visit = await visitor();
    ({ page, faults } = visit);
    const before = host.sent;
    await open(page, "01-print");
    assert.ok(host.sent - before < 200_000, "nothing of the compiler is fetched before it is asked for");
    assert.match(await page.locator(".offer").innerText(), new RegExp(`${Math.round(index.bytes / 1e6)} MB, once`));
    await page.locator(".offer button").click();
    await desk(page);
  });

  test("the starter: the cause, as on the command line", async () => {
    assert.match(await check(page), /^The thread slept for 9\.0s/);
  });
  test("right", async () => {
    assert.match(await check(page, solution("01-print")), /^Right\. It took 4\.0s/);
    await page.locator(".desk .solved").waitFor();
  });
  test("it does not compile: the line leads into the editor", async () => {
    const text = solution("01-print").replace("loop.run();", "loop.run()");
    assert.match(await check(page, text), /^It does not compile\. Line \d+: error: expected ';'/);
    await page.locator(".bench .said .place").click();
    await page.keyboard.insertText("/*here*/");
    assert.match(await page.locator("#my-file").innerText(), /\/\*here\*\/.*loop\.run\(\)|loop\.run\(\)\n.*\/\*here\*\//);
  });
  test("stuck", async () => {
    const stuck = main("  asio::io_context loop;\n  asio::steady_timer timer(loop, asio::steady_timer::time_point::max());\n  timer.async_wait([](asio::error_code) {});\n  loop.run();");
    assert.match(await check(page, stuck), /^It (is stuck|printed nothing for an hour)/);
  });
  test("a loop without end", async () => {
    assert.match(await check(page, main("  for (volatile int i = 0;; i = i + 1) {}")), /endless loop\?/);
  });
  test("output without end", async () => {
    assert.match(await check(page, main('  for (;;) fmt::print("again and again and again\\n");')), /^It printed more than 1 MB/);
  });
  test("an uncaught exception", async () => {
    assert.match(await check(page, main('  throw std::runtime_error("the egg is raw");')), /An uncaught exception ended it: std::runtime_error: the egg is raw\./);
  });
  test("a thread", async () => {
    const thread = main("  std::thread([] {}).join();").replace("<stdexcept>", "<thread>");
    assert.match(await check(page, thread), /^This uses threads; check it with \.\/workbook check 01\./);
  });
  test("stop", async () => {
    await write(page, main("  for (volatile int i = 0;; i = i + 1) {}"));
    await page.locator(".bench .primary").click();
    await page.locator(".bench .primary", { hasText: "Stop" }).click();
    await page.locator(".bench .judgement", { hasText: "Stopped." }).waitFor();
  });
  test("what was written is there after a reload", async () => {
    await write(page, "// mine, and not saved\n");
    page.once("dialog", (dialog) => dialog.accept());
    await page.reload();
    await desk(page);
    assert.match(await page.locator("#my-file").inputValue(), /mine, and not saved/);
  });
  test("export, and import", async () => {
    const download = page.waitForEvent("download");
    await page.locator(".bench button", { hasText: "Export" }).click();
    assert.equal((await download).suggestedFilename(), "01-print.cpp");
    const give = async (name, buffer) => {
      await page.locator('.bench input[type="file"]').setInputFiles({ name, mimeType: "text/plain", buffer });
      await page.locator(".bench .judgement", { hasText: name }).waitFor();
      return page.locator(".bench .judgement").innerText();
    };
    assert.match(await give("huge.cpp", Buffer.alloc(2 << 20, "a")), /larger than 1 MB/);
    assert.match(await give("picture.cpp", Buffer.from([0, 255, 1, 200])), /is not a text file/);
    assert.match(await give("mine.cpp", Buffer.from(solution("01-print"))), /is in the editor/);
    assert.match(await check(page), /^Right/);
  });
  test("hints, one after the other", async () => {
    await page.locator(".bench button", { hasText: "Next hint" }).click();
    await page.locator(".hints-given", { hasText: "Nothing is cooked by the thread" }).waitFor();
  });
  test("axe finds nothing", async () => {
    assert.deepEqual(await violations(page, everyRule), []);
  });
  test("nothing has gone wrong on the way", () => assert.deepEqual(faults, []));
});

test("the lesson's own program, changed and run", async () => {
  const { page, context } = await opened("01-print");
  await page.locator('.program[data-role="async"] .change').click();
  const text = readFileSync(join(root, "lessons/01-print/async.cpp"), "utf8").replace('say("First", 2s)', 'say("First", 5s)');
  await write(page, text, "#changed-async");
  await page.locator(".run-box .play").first().click();
  await page.locator(".run-box workbook-replay").first().waitFor();
  assert.match(await page.locator(".run-box .verdict").first().innerText(), /sync 3\.0 s, async 5\.0 s: 2\.0 s more/);
  await page.locator("button", { hasText: "Back to the original" }).click();
  assert.equal(await page.locator("#changed-async").count(), 0);
  await context.close();
});

test("the second visit fetches nothing of the compiler, and works without a network", async () => {
  const { page, context } = await opened("03-sleep-loop");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(async () => (await (await caches.open("workbook-pages")).keys()).length > 5);
  const before = host.sent;
  await open(page, "03-sleep-loop");
  await desk(page);
  assert.ok(host.sent - before < 300_000, `${host.sent - before} bytes`);
  await context.setOffline(true);
  await page.reload();
  await desk(page);
  assert.match(await check(page, solution("03-sleep-loop")), /^Right/);
  await context.close();
});

test("a fetch that is cut off goes on where it was", async () => {
  const { page, context } = await visitor();
  const [, second] = index.files["llvm.core.wasm"].parts;
  let asked = [];
  host.trouble = (path) => {
    if (!path.includes("/parts/")) return undefined;
    asked.push(path);
    return path.endsWith(second.hash) ? "cut" : undefined;
  };
  await open(page, "01-print");
  await page.locator(".offer button").click();
  await page.locator(".offer p", { hasText: "The fetch was cut off" }).waitFor();
  host.trouble = (path) => {
    if (path.includes("/parts/")) asked.push(path);
  };
  const before = asked;
  asked = [];
  await page.locator(".offer button", { hasText: "Go on" }).click();
  await desk(page);
  assert.equal(asked.filter((path) => before.slice(0, -1).includes(path)).length, 0, "what was there is not fetched again");
  host.trouble = () => undefined;
  await context.close();
});

test("a part with another hash is thrown away", async () => {
  const { page, context } = await visitor();
  const [first] = index.files["llvm.core.wasm"].parts;
  host.trouble = (path, content) => {
    if (!path.endsWith(first.hash)) return undefined;
    const changed = Buffer.from(content);
    changed[1000] ^= 1;
    return changed;
  };
  await open(page, "01-print");
  await page.locator(".offer button").click();
  await page.locator(".offer p", { hasText: "is not what was published" }).waitFor();
  host.trouble = () => undefined;
  await page.locator(".offer button", { hasText: "Go on" }).click();
  await desk(page);
  await context.close();
});

test("a browser that keeps nothing: it works, and says so", async () => {
  const { page, context } = await visitor();
  await page.addInitScript(() => {
    Cache.prototype.put = () => Promise.reject(new DOMException("full", "QuotaExceededError"));
  });
  await open(page, "01-print");
  await page.locator(".offer button").click();
  await desk(page);
  assert.match(await page.locator(".bench .limits").innerText(), /fetched again on the next visit/);
  assert.match(await check(page, solution("01-print")), /^Right/);
  await context.close();
});

test("two tabs do not spoil each other's text", async () => {
  const { page, context } = await opened("01-print");
  const other = await context.newPage();
  await open(other, "01-print");
  await desk(other);
  await check(other, `// the other tab\n${starter("01-print")}`);
  await write(page, `// this tab\n${starter("01-print")}`);
  await page.locator(".bench button", { hasText: "Save" }).click();
  await page.locator(".conflict", { hasText: "was changed elsewhere" }).waitFor();
  assert.match(await page.locator(".conflict pre").innerText(), /the other tab/);
  await context.close();
});

test("a browser without exceptions in WebAssembly gets a message beforehand", async () => {
  const { page, context } = await visitor();
  await page.addInitScript(() => {
    WebAssembly.validate = () => false;
  });
  await open(page, "01-print");
  assert.match(await page.locator(".offer").innerText(), /takes a newer browser/);
  assert.equal(await page.locator(".offer button").count(), 0);
  await context.close();
});

test("a lesson that cannot run in the page says why", async () => {
  const { page, context } = await opened("14-errors");
  assert.match(await page.locator(".limits", { hasText: "on your machine" }).first().innerText(), /async_codes, because it opens a socket/);
  await context.close();
});

test("the first page: a delay is changed, and the bars move", async () => {
  const { page, context, faults } = await visitor();
  await page.goto(`${host.base}/index.html`);
  await page.locator(".offer button").click();
  await page.locator('.program[data-role="async"] .change').click();
  const text = readFileSync(join(root, "lessons/01-print/async.cpp"), "utf8").replace('say("Second", 1s)', 'say("Second", 4s)');
  await write(page, text, "#changed-async");
  await page.locator(".run-box .play").click();
  await page.locator(".run-box workbook-replay").waitFor();
  assert.match(await page.locator(".run-box .verdict").innerText(), /async 4\.0 s/);
  assert.deepEqual(faults, []);
  await context.close();
});
