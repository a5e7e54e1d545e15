// A lesson in front of a class: every step of every lesson on two screens, and what leads from step to step.
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { contrastOnly, everyRule, violations } from "./axe.js";
import { browsing, lessons, pageOf, site } from "./browser.js";
import { Visitors } from "./visitors.js";

const concurrency = 2;
const wall = { viewport: { width: 1280, height: 720 } };
const shared = browsing();
let visitors;
before(async () => {
  await shared.start();
  visitors = new Visitors(shared.browser);
});
after(async () => {
  await visitors?.close();
  await shared.stop();
});

const [first] = lessons;
const on = (lesson, options, body) => shared.on(pageOf(lesson), options, body);
const present = async (page) => {
  await page.locator(".present-open").click();
  await page.locator("dialog.present .board").waitFor();
};
const count = (page) => page.locator(".present .count").textContent();
const go = (page, at) =>
  page.evaluate((at) => document.dispatchEvent(new CustomEvent("workbook:present", { detail: at })), at);
const stepNumber = async (page) => Number((await count(page)).split(" ")[0]);

/** Walks through all steps in the page itself. For each: its section, its name and its kind; what of it leaves the
 *  screen; and how high the letters of its programs are, in heights of the screen. */
const walk = (page) =>
  page.evaluate(() => {
    const slide = document.querySelector(".slide");
    const outside = () => {
      const frame = slide.getBoundingClientRect();
      const found = [];
      // (Not the lines that a terminal has scrolled away, nor what is for a screen reader alone.)
      const seen = "*:not(.screen li, .screen li *, .unseen, .head, .head *, .row *)";
      for (const node of slide.querySelectorAll(seen)) {
        if (!node.checkVisibility({ visibilityProperty: true })) continue;
        const box = node.getBoundingClientRect();
        if (!box.width && !box.height) continue; // a <wbr> where no line breaks
        const out =
          box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
        if (out) found.push(`${node.localName}.${node.className}`);
        const { overflowX, overflowY } = getComputedStyle(node);
        const cutX = overflowX !== "visible" && node.scrollWidth > node.clientWidth + 1;
        const cutY = overflowY !== "visible" && node.scrollHeight > node.clientHeight + 1;
        if (cutX || cutY) found.push(`${node.localName}.${node.className} is cut off`);
      }
      return found;
    };
    const steps = [];
    for (let at = 1, all = at; at <= all; ++at) {
      document.dispatchEvent(new CustomEvent("workbook:present", { detail: at }));
      const told = document.querySelector(".present .count").textContent;
      all = Number(told.split(" of ")[1]);
      // A step that fails while it is shown leaves the one before it on the wall.
      if (told !== `${at} of ${all}`) throw Error(`step ${at} is not shown: ${told}`);
      const pre = slide.querySelector(".code pre");
      steps.push({
        section: document.querySelector(".present > header b").textContent,
        name: document.querySelector(".present > header span").textContent,
        kind: slide.querySelector(".board").dataset.kind,
        // (A row of a difference begins with its sign.)
        rows: [...slide.querySelectorAll(".code .row")].map((row) => row.textContent.trimEnd()),
        changes: slide.querySelectorAll(".code :is(del, ins)").length,
        broken: [...slide.querySelectorAll("td code")].flatMap(globalThis.brokenWords),
        letters: pre && parseFloat(getComputedStyle(pre).fontSize) / innerHeight,
        outside: outside(),
      });
    }
    return steps;
  });

describe("every step of every lesson has room, in letters for the last row", { concurrency }, () => {
  for (const lesson of lessons)
    test(lesson, () =>
      visitors.visit(pageOf(lesson), wall, async (page) => {
        await present(page);
        for (const [width, height] of [
          [1280, 720],
          [1920, 1080],
        ]) {
          await page.setViewportSize({ width, height });
          for (const { section, name, kind, letters, outside, rows, changes, broken } of await walk(page)) {
            const where = `${lesson}, ${section}, ${name}, at ${width} by ${height}`;
            assert.deepEqual(outside, [], where);
            assert.deepEqual(broken, [], `${where}: code that breaks inside words`);
            if (kind === "program") assert.doesNotMatch(rows[0], /^\s*[})]/, `${where} begins with what ends the part before`);
            if (kind === "diff") assert.ok(changes, `${where}: nothing has changed in this part`);
            // (Two programs side by side share the width.)
            if (letters) assert.ok(letters > (kind === "beside" ? 0.018 : 0.023), `${where}: ${letters}`);
          }
        }
        await page.setViewportSize(wall.viewport);
      }));
});

test("the order of the steps is the page's", () =>
  on("03-sleep-loop", wall, async (page) => {
    const all = (selector, what) => page.locator(selector).evaluateAll(what);
    const words = (nodes) => nodes.map((node) => node.textContent.replace(/#$/, ""));
    const sections = await all("main h2", words);
    const heads = await all("main h3", words);
    const notes = await all("main .program", (programs) => {
      const predict = document.getElementById("predict");
      const isBefore = (node) => node.compareDocumentPosition(predict) & Node.DOCUMENT_POSITION_FOLLOWING;
      return programs.filter(isBefore).flatMap((program) => {
        const file = program.querySelector("figcaption a").textContent;
        return [...program.querySelectorAll(".notes > ol > li")].map((_, n) => `${file}, note ${n + 1}`);
      });
    });
    await present(page);
    const steps = await walk(page);
    const seen = [...new Set(steps.map(({ section }) => section))];
    const shown = sections.filter((section) => !["Build it by hand", "Where to go next"].includes(section));
    assert.deepEqual(seen, ["The question", ...shown]);
    const read = steps.filter(({ section, name }) => section === "Read both programs" && name.includes("note"));
    assert.deepEqual(
      read.map(({ name }) => name),
      notes,
    );
    assert.deepEqual(
      steps.filter(({ kind }) => kind === "part").map(({ name }) => name),
      heads,
    );
    const kinds = ["title", "program", "beside", "vote", "run", "what-if", "sentence", "diff", "part", "question", "table", "exercise"];
    const at = kinds.map((kind) => steps.findIndex((step) => step.kind === kind));
    assert.ok(!at.includes(-1), `each kind is there: ${at}`);
    assert.deepEqual(at, at.toSorted((a, b) => a - b));
  }));

test("a program is shown whole, in parts that follow each other", () =>
  on("03-sleep-loop", wall, async (page) => {
    const file = page.locator(".program .listing", { hasText: "async_not_started.cpp" }).first();
    const rows = (await file.locator(".row").allTextContents()).map((row) => row.trimEnd());
    await present(page);
    const seen = new Set();
    const steps = await walk(page);
    for (const [n, { name }] of steps.entries()) {
      if (!name.startsWith("async_not_started.cpp")) continue;
      await go(page, n + 1);
      for (const row of await page.locator(".slide .row").allTextContents()) seen.add(row.trimEnd());
    }
    assert.ok(seen.size > 0);
    assert.deepEqual(rows.filter((row) => row && !seen.has(row)), []);
  }));

test("arrow keys, a clicker, home and end", () =>
  on(first, wall, async (page) => {
    await page.keyboard.press("p");
    await page.locator("dialog.present .board").waitFor();
    for (const [key, at] of [
      ["ArrowRight", 2],
      ["PageDown", 3],
      [" ", 4],
      ["ArrowDown", 5],
      ["PageUp", 4],
      ["ArrowLeft", 3],
      ["ArrowUp", 2],
      ["Home", 1],
      ["ArrowLeft", 1],
    ]) {
      await page.keyboard.press(key);
      assert.equal(await stepNumber(page), at, key);
      assert.equal(new URL(page.url()).hash, `#present-${at}`);
    }
    await page.keyboard.press("End");
    const [at, all] = (await count(page)).split(" of ");
    assert.equal(at, all);
    await page.keyboard.press("Escape");
    if (await page.locator("dialog.present").isVisible()) await page.keyboard.press("Escape"); // first the full screen
    await page.locator("dialog.present").waitFor({ state: "hidden" });
    assert.equal(new URL(page.url()).hash, "");
    assert.equal(await page.locator("main workbook-replay").count(), 1, "the replay is back in its place");
  }));

test("a swipe and a tap", () =>
  on(first, { ...wall, hasTouch: true }, async (page) => {
    await present(page);
    await page.touchscreen.tap(900, 300);
    assert.equal(await stepNumber(page), 2, "a tap goes on");
    await page.touchscreen.tap(100, 300);
    assert.equal(await stepNumber(page), 1, "on the left it goes back");
    const devices = await page.context().newCDPSession(page);
    const swipe = async (from, to) => {
      const point = (x) => ({ touchPoints: [{ x, y: 300 }] });
      await devices.send("Input.dispatchTouchEvent", { type: "touchStart", ...point(from) });
      await devices.send("Input.dispatchTouchEvent", { type: "touchMove", ...point((from + to) / 2) });
      await devices.send("Input.dispatchTouchEvent", { type: "touchMove", ...point(to) });
      await devices.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    };
    await swipe(300, 100);
    assert.equal(await stepNumber(page), 2, "to the left goes on, wherever it begins");
    await swipe(900, 1100);
    assert.equal(await stepNumber(page), 1);
  }));

/** Goes to the first step of a kind. */
async function goTo(page, kind) {
  const steps = await walk(page);
  const at = steps.findIndex((step) => step.kind === kind) + 1;
  assert.ok(at, kind);
  await go(page, at);
  return at;
}

test("a tally of the hands", () =>
  on(first, wall, async (page) => {
    await present(page);
    const at = await goTo(page, "vote");
    const hands = () => page.locator(".votes output").allTextContents();
    assert.deepEqual(await hands(), ["0", "0", "0", "0"]);
    for (const key of "3313") await page.keyboard.press(key);
    await page.getByRole("button", { name: "One fewer for 3" }).click();
    assert.deepEqual(await hands(), ["1", "0", "2", "0"]);
    await page.keyboard.press("PageDown");
    await page.keyboard.press("PageUp");
    assert.equal(await stepNumber(page), at);
    assert.deepEqual(await hands(), ["1", "0", "2", "0"], "they are kept");
  }));

test("the clicker plays the replay, and uncovers an answer", () =>
  on(first, wall, async (page) => {
    await present(page);
    const at = await goTo(page, "run");
    const replay = page.locator(".slide workbook-replay");
    await page.keyboard.press("PageDown");
    assert.equal(await replay.getAttribute("data-state"), "playing");
    await page.keyboard.press("PageDown");
    assert.equal(await replay.getAttribute("data-state"), "ended");
    assert.equal(await stepNumber(page), at);
    await page.keyboard.press("PageDown");
    assert.equal(await stepNumber(page), at + 1);

    const question = await goTo(page, "question");
    const why = page.locator(".slide .why");
    assert.equal(await why.isVisible(), false);
    await page.keyboard.press("PageDown");
    assert.equal(await why.isVisible(), true);
    assert.equal(await page.locator(".votes .right").count(), 1);
    await page.keyboard.press("PageDown");
    assert.equal(await stepNumber(page), question + 1);
  }));

for (const [from, address] of [
  ["a server", pageOf(first)],
  ["a file", pathToFileURL(path.join(site, pageOf(first))).href],
])
  test(`the second window keeps in step, from ${from}`, () =>
    shared.on(address, wall, async (page) => {
      await present(page);
      const opened = page.context().waitForEvent("page");
      await page.keyboard.press("n");
      const notes = await opened;
      const step = () => notes.locator("select").evaluate((select) => Number(select.value) + 1);
      const both = async (at) => assert.deepEqual([await stepNumber(page), await step()], [at, at]);
      await both(1);
      await page.keyboard.press("PageDown");
      await both(2);
      await notes.keyboard.press("PageDown");
      await both(3);
      await notes.getByRole("button", { name: "Next", exact: true }).click();
      await both(4);
      await notes.locator("select").selectOption({ index: 9 });
      await both(10);
      assert.match(await notes.locator(".following").textContent(), /^Next: /);
      assert.match(await notes.locator("header").innerText(), /\d:\d\d of \d+ minutes\s*\d\d:\d\d/);
      const inClass = await page.locator("template.in-class").evaluate((node) => node.content.textContent.trim());
      assert.equal((await notes.locator(".for-class").textContent()).trim(), inClass);

      // The answer to the prediction is shown here alone, and the hands can be counted from here.
      const at = await goTo(page, "vote");
      await both(at);
      const answer = await page.locator(".question details.answer").first().evaluate((node) => node.lastElementChild.textContent.trim());
      assert.ok((await notes.locator(".answer-for-teacher").textContent()).includes(answer));
      assert.ok(!(await page.locator(".slide").textContent()).includes(answer));
      await notes.getByRole("button", { name: "One more for 2" }).click();
      assert.deepEqual(await page.locator(".votes output").allTextContents(), ["0", "1", "0", "0"]);
      await goTo(page, "run");
      await notes.getByRole("button", { name: "Play or pause" }).click();
      assert.equal(await page.locator(".slide workbook-replay").getAttribute("data-state"), "playing");
      assert.deepEqual(await violations(notes, everyRule), []);

      const closed = notes.waitForEvent("close");
      await page.getByRole("button", { name: "End", exact: true }).click();
      await closed;
    }));

test("axe finds nothing wrong with a step of each kind, in either scheme", () =>
  on("03-sleep-loop", { ...wall, reducedMotion: "reduce" }, async (page) => {
    await present(page);
    const kinds = (await walk(page)).map(({ kind }) => kind);
    // (The page below has its own tests, and takes long. A step has copies of what it shows.)
    await page.evaluate(() => document.querySelector("main").replaceChildren());
    for (const [n, kind] of kinds.entries()) {
      if (kinds.indexOf(kind) < n) continue;
      await go(page, n + 1);
      for (const [colorScheme, rules] of [
        ["light", everyRule],
        ["dark", contrastOnly],
      ]) {
        await page.emulateMedia({ colorScheme });
        assert.deepEqual(await violations(page, rules), [], `${kind}, ${colorScheme}`);
      }
    }
  }));

test("nothing of it is fetched before a lesson is presented", () =>
  on(first, wall, async (page) => {
    const fetched = () =>
      page.evaluate(() =>
        performance
          .getEntriesByType("resource")
          .map(({ name }) => name)
          .filter((name) => name.includes("/present")),
      );
    assert.deepEqual(await fetched(), []);
    await present(page);
    assert.equal((await fetched()).length, 2, "a script and a style sheet");
  }));
