// The page that itself compiles, runs and checks, in Chromium. SITE is a site that was built with tools/browser's kit.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

import { everyRule, violations } from "../pages/axe.js";
import { launch, until } from "../pages/browser.js";
import { Host } from "../pages/host.js";

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
  context.setDefaultTimeout(300_000); // on a busy machine the compiler takes its time
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  return { context, page, faults };
}

const open = (page, lesson) => page.goto(`${host.base}lessons/${lesson}/index.html`);
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

/** What a run of the lesson's programs comes to: it is played first. */
async function ran(page) {
  await page.locator(".run-box > .controls > .play").first().click();
  await page.locator(".run-box workbook-replay[data-state=playing]").first().waitFor();
  await page.locator(".run-box workbook-replay").first().evaluate((replay) => replay.seek(replay.end));
  return page.locator(".run-box .verdict").first().innerText();
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
  test("a thread of another kind", async () => {
    const thread = main("  std::jthread([] {}).join();").replace("<stdexcept>", "<thread>");
    assert.equal(await check(page, thread), "This uses threads; check it with ./workbook check 01.");
  });
  test("headers that no lesson includes", async () => {
    const names = ["condition_variable", "filesystem", "fstream", "iomanip", "iostream", "numeric", "random", "ranges", "regex", "span", "unordered_set"];
    const text = `${names.map((name) => `#include <${name}>\n`).join("")}int main() {\n  std::cout << std::setw(3) << 7 << std::endl;\n}\n`;
    assert.match(await check(page, text), /^It did not print what was expected\. " {2}7" was printed/);
  });
  test("a loop that tries again, on which clang crashes", async () => {
    const text = readFileSync(join(root, "tests/answers/14-errors/no_pause.cpp"), "utf8");
    assert.match(await check(page, text), /^It took 5\.0s of simulated time/);
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
  test("a task that has changed is reported first, and starting anew loses nothing", async () => {
    const mine = solution("01-print");
    await page.evaluate(() => {
      const file = JSON.parse(localStorage["workbook-my-01-print"]);
      file.started.starter = file.started.starter.replace("3s", "2s"); // as an older workbook had it
      localStorage["workbook-my-01-print"] = JSON.stringify(file);
    });
    assert.match(await check(page), /^The exercise has changed since you started it: the button "Start anew" gives .* Right\./);
    await page.locator(".bench button", { hasText: "Start anew" }).click();
    await page.locator(".bench .judgement", { hasText: "The starter is in the editor." }).waitFor();
    await page.reload();
    await desk(page);
    const before = page.locator(".put-aside details", { hasText: "before you started anew" });
    assert.equal(await before.locator("pre").textContent(), mine);
    assert.equal(await page.locator(".solved").isVisible(), true);
    assert.doesNotMatch(await check(page), /has changed/);
    await before.locator("summary").click();
    await before.locator("button").click();
    assert.match(await check(page), /^Right/);
  });
  test("hints, one after the other", async () => {
    await page.locator(".bench button", { hasText: "Next hint" }).click();
    const { hints } = JSON.parse(readFileSync(join(root, "lessons/01-print/exercise.json"), "utf8"));
    await page.locator(".hints-given", { hasText: hints[0].slice(0, 30) }).waitFor();
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
  assert.match(await ran(page), /^sync 3\.0 s, async 5\.0 s: 2\.0 s more\. As it was written: sync 3\.0 s, async 2\.0 s/);

  // The run is in the recorded one's place, and each can be looked at.
  const recorded = page.locator("main > workbook-replay").first();
  const mine = page.locator(".run-box workbook-replay").first();
  assert.deepEqual([await recorded.isVisible(), await mine.isVisible()], [false, true]);
  await page.locator("button", { hasText: "Show the recorded run" }).first().click();
  assert.deepEqual([await recorded.isVisible(), await mine.isVisible()], [true, false]);
  await page.locator("button", { hasText: "Show your run" }).click();
  assert.deepEqual([await recorded.isVisible(), await mine.isVisible()], [false, true]);

  await page.locator("button", { hasText: "Compare with the original" }).click();
  assert.deepEqual(await page.locator(".row.gone").allTextContents(), ['  asio::co_spawn(loop, say("First", 2s), rethrow);\n']);
  assert.deepEqual(await violations(page, everyRule), []);
  await page.locator("button", { hasText: "Back to the original" }).click();
  assert.equal(await page.locator("#changed-async, .row.gone").count(), 0);
  assert.match(await ran(page), /^sync 3\.0 s, async 2\.0 s: 1\.0 s less\.$/);
  await context.close();
});

test("the second visit fetches nothing of the compiler, and works without a network", async () => {
  const { page, context } = await opened("03-sleep-loop");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await until(page, async () => (await (await caches.open("workbook-pages")).keys()).length > 5);
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

test("a lesson of which nothing can run in the page offers nothing", async () => {
  const { page, context } = await visitor();
  await page.goto(`${host.base}lessons/10-http-request/index.html`);
  assert.match(await page.locator(".offer").innerText(), /^This lesson needs files, threads, a network/);
  assert.equal(await page.locator(".offer button").count(), 0);
  await context.close();
});

test("the first page: a delay is changed, and the bars move", async () => {
  const { page, context, faults } = await visitor();
  await page.goto(`${host.base}index.html`);
  const change = page.locator(".what-if button");
  assert.equal(await change.innerText(), `Change it here (${Math.round(index.bytes / 1e6)} MB, once)`);
  let release;
  const held = new Promise((done) => (release = done));
  await context.route("**/kit/parts/*", async (route) => {
    await held;
    await route.continue();
  });
  await change.click();
  // The program can be changed while the compiler is still being fetched.
  await page.locator("#changed-sync .cm-activeLine", { hasText: 'say("Second", 1s)' }).waitFor();
  await page.keyboard.press("End");
  await page.keyboard.press("Shift+Home");
  await page.keyboard.insertText('say("Second", 4s);');
  release();
  await page.locator(".run-box .play").waitFor();
  assert.equal(await change.innerText(), "Change it here");
  await page.locator("button", { hasText: "Compare with the original" }).click();
  assert.deepEqual(await page.locator(".row.gone").allTextContents(), ['  say("Second", 1s);\n']);
  assert.deepEqual(await violations(page, everyRule), []);
  assert.match(await ran(page), /^sync 6\.0 s/);
  assert.deepEqual(faults, []);
  await context.close();
});

test("a change that a lesson proposes opens the editor at its line", async () => {
  const { page, context, faults } = await opened("05-count", { viewport: { width: 390, height: 800 }, colorScheme: "dark" });
  await page.locator(".what-if button").click();
  await page.locator("#changed-async .cm-activeLine", { hasText: 'count("peach", 200ms)' }).waitFor();
  assert.ok(await page.locator("#changed-async").isVisible(), "on a phone its tab is in front");
  await page.locator(".program[data-role=async] button", { hasText: "Compare" }).click();
  await page.locator("#my-file").click();
  await page.locator("#my-file.cm-content").waitFor();
  assert.deepEqual(await violations(page, everyRule), []);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${wide} px too wide`);
  assert.deepEqual(faults, []);
  await context.close();
});

test("the compiler is out of memory, or crashes: a sentence, the text is kept, and it goes on", async () => {
  for (const [thrown, sentence] of [
    ['new RangeError("WebAssembly.Instance(): Out of memory")', /^The compiler ran out of memory\. Your text is as it was\./],
    ['new WebAssembly.RuntimeError("unreachable")', /^The compiler crashed on this program\. Your text is as it was\./],
  ]) {
    const { page, context } = await visitor();
    host.trouble = (path, content) =>
      path.endsWith("/host/tool.js") ? Buffer.from(String(content).replace("instance.exports._start();", `throw ${thrown};`)) : undefined;
    await open(page, "01-print");
    await page.locator(".offer button").click();
    await desk(page);
    assert.match(await check(page, solution("01-print")), sentence);
    host.trouble = () => undefined;
    assert.match(await check(page), /^Right/, "by another worker");
    await context.close();
  }
});

test("a new version is published while a page is open: the old one goes on, and goes when no page has it", async () => {
  const { page, context } = await opened("01-print");
  const versions = (tab) => tab.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith("workbook-kit-")).sort());
  assert.deepEqual(await versions(page), [`workbook-kit-${index.version}`]);

  // The new one differs in one file.
  const part = gzipSync(readFileSync(join(root, "build/browser/kit/judge.wasm")), { level: 3 });
  const hash = createHash("sha256").update(part).digest("hex");
  const files = { ...index.files, "judge.wasm": { ...index.files["judge.wasm"], parts: [{ hash, bytes: part.length }] } };
  await context.route("**/kit/index.json", (route) => route.fulfill({ json: { ...index, version: "the-new-one", files } }));
  await context.route(`**/kit/parts/${hash}`, (route) => route.fulfill({ body: part }));

  const before = host.sent;
  const other = await context.newPage();
  await open(other, "01-print");
  await desk(other);
  assert.ok(host.sent - before < 300_000, "what both versions have is not fetched again");
  assert.match(await check(other, solution("01-print")), /^Right/);
  assert.equal((await versions(other)).length, 2, "the old one is still used");

  // A compiler that is stopped is unpacked anew, from the version that the page has begun with.
  await page.bringToFront();
  await write(page, `${solution("01-print")}// this tab\n`);
  await page.locator(".bench .primary").click();
  await page.locator(".conflict .primary").click();
  await page.locator(".bench .primary", { hasText: "Check" }).click();
  await page.locator(".bench .primary", { hasText: "Stop" }).click();
  await page.locator(".bench .judgement", { hasText: "Stopped." }).waitFor();
  assert.match(await check(page), /^Right/);
  await page.close();

  await other.reload();
  await desk(other);
  assert.deepEqual(await versions(other), ["workbook-kit-the-new-one"]);
  await context.close();
});

test("a new version is published while the old one is being fetched", async () => {
  const { page, context } = await visitor();
  const [, second] = index.files["llvm.core.wasm"].parts;
  await context.route(`**/kit/parts/${second.hash}`, (route) => route.fulfill({ status: 404 }), { times: 1 });
  await open(page, "01-print");
  await page.locator(".offer button").click();
  await page.locator(".offer p", { hasText: "A new version of the compiler was published" }).waitFor();
  await page.locator(".offer button", { hasText: "Go on" }).click();
  await desk(page);
  await context.close();
});

test("a browser that keeps no text: it is checked, and the page says that it is not kept", async () => {
  const { page, context } = await visitor();
  await page.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  });
  await open(page, "01-print");
  await page.locator(".offer button").click();
  await desk(page);
  assert.match(await check(page, solution("01-print")), /^Right/);
  assert.match(await page.locator(".file-state").innerText(), /not kept: .* Export it before you leave\.$/);
  await page.locator(".desk .solved").waitFor();
  const asked = page.waitForEvent("dialog");
  page.reload().catch(() => {});
  await (await asked).dismiss();
  assert.match(await said(page), /^Right/, "it asks before it leaves");
  await context.close();
});

test("little memory: said beforehand", async () => {
  const { page, context } = await visitor();
  await page.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, "deviceMemory", { get: () => 1 });
  });
  await open(page, "01-print");
  assert.match(await page.locator(".offer").innerText(), /this device has little/);
  assert.equal(await page.locator(".offer button, .what-if button").count(), 0);
  await context.close();
});

test("without a network from the first: a sentence, and it can be tried again", async () => {
  const { page, context } = await visitor();
  await open(page, "01-print");
  await context.setOffline(true);
  await page.locator(".what-if button").first().click();
  await page.locator(".offer p", { hasText: "could not be loaded. Is the network away?" }).waitFor();
  await context.setOffline(false);
  await page.locator(".what-if button").first().click();
  await page.locator("#changed-async").waitFor();
  await context.close();
});

test("a page opened as a file shows its replays, says what running takes, and where a change would be", async () => {
  const { page, context, faults } = await visitor();
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  await page.goto(pathToFileURL(join(site, "lessons/01-print/index.html")).href);
  assert.match(await page.locator(".offer").innerText(), /open the published site, or type \.\/workbook serve/);
  await page.locator("main > workbook-replay .play").click();
  await page.locator('main > workbook-replay[data-state="playing"]').waitFor();
  await page.locator(".what-if a").first().click();
  assert.match(await page.locator(".program[data-role=async] .row.lit").innerText(), /say\("Second", 1s\)/);
  assert.deepEqual(faults, []);
  await context.close();
});

test("the content security policy lets the compiler work, and no script that stands in the page", async () => {
  const { page, context } = await visitor();
  await page.addInitScript(() => {
    window.violated = [];
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => window.violated.push(`${violatedDirective} ${blockedURI}`));
  });
  await open(page, "01-print");
  await page.locator(".offer button").click();
  await desk(page);
  await check(page);
  assert.deepEqual(await page.evaluate(() => window.violated), []);
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.body.append(script);
    return window.ran;
  });
  assert.equal(ran, undefined);
  await until(page, () => window.violated.includes("script-src-elem inline"));
  await context.close();
});

test("the licences of what is fetched are at hand", async () => {
  const { page, context } = await visitor();
  await open(page, "01-print");
  const link = page.locator("footer a", { hasText: "licences" });
  const licences = await page.request.get(new URL(await link.getAttribute("href"), page.url()).href);
  assert.match(await licences.text(), /Boost Software License[\s\S]*LLVM Exceptions/i);
  await context.close();
});

test("the compiler has compiled before the reader asks it to", async () => {
  const { page, context } = await visitor();
  await page.addInitScript(() => {
    window.asked = [];
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (message) {
      window.asked.push(message.action);
      return postMessage.call(this, message);
    };
  });
  await open(page, "01-print");
  await page.locator(".offer button").click();
  await until(page, () => window.asked.includes("compile"));
  await context.close();
});
