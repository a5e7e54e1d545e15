// A lesson's page on paper.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browsing, pageOf } from "./browser.js";

const shared = browsing();
before(shared.start);
after(shared.stop);

/** Runs `body` on a lesson's page as a printer is given it: as wide as A4, after what comes before printing. */
const onPaper = (lesson, body, options = {}) =>
  shared.on(pageOf(lesson), { viewport: { width: 673, height: 979 }, ...options }, async (page) => {
    await page.emulateMedia({ media: "print" });
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    await body(page);
  });

test("both programs are whole, one below the other", () =>
  onPaper("03-sleep-loop", async (page) => {
    const boxes = await page.locator(".pair > .program").evaluateAll((all) =>
      all.map((program) => {
        const rows = [...program.querySelectorAll(".row")];
        return { top: program.offsetTop, bottom: program.offsetTop + program.offsetHeight, seen: rows.every((row) => row.checkVisibility()) };
      }),
    );
    assert.equal(boxes.length, 2);
    assert.ok(boxes.every(({ seen }) => seen));
    assert.ok(boxes[0].bottom <= boxes[1].top);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} px too wide`);
  }));

test("the replay is its finished picture, without what plays it", () =>
  onPaper("03-sleep-loop", async (page) => {
    const replay = page.locator("workbook-replay").first();
    assert.equal(await replay.locator(".to-come").evaluateAll((all) => all.filter((node) => getComputedStyle(node).visibility === "hidden").length), 0);
    assert.equal(await replay.locator(".controls").isVisible(), false);
    assert.ok(await replay.getByText("Elapsed: 4.0s").isVisible());
  }));

test("the answers come at the end, and only on paper", () =>
  onPaper("03-sleep-loop", async (page) => {
    const questions = await page.locator(".question").count();
    const answers = page.locator(".printed-answers > div");
    assert.equal(await answers.count(), questions);
    assert.equal(await page.locator("details.answer").first().isVisible(), false);
    assert.match(await answers.nth(1).innerText(), /^Question 2\s+2\. A coroutine that has only been made is a frame/);
    const [last, first] = await page.evaluate(() => [
      [...document.querySelectorAll(".question, .exercise")].at(-1).getBoundingClientRect().bottom,
      document.querySelector(".printed-answers").getBoundingClientRect().top,
    ]);
    assert.ok(first >= last);
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
    assert.equal(await page.locator(".printed-answers, .question-number").count(), 0);
  }));

test("what is folded is open on paper, and folded again afterwards", () =>
  onPaper("12-gather", async (page) => {
    const folded = page.locator("main > details");
    const open = () => folded.evaluateAll((all) => all.filter((details) => details.open).length);
    assert.ok((await folded.count()) > 1, "a diff and a header");
    assert.equal(await open(), await folded.count());
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
    assert.equal(await open(), 0);
  }));

test("paper is white, whatever the scheme", () =>
  onPaper(
    "01-print",
    async (page) => {
      await page.evaluate(() => (document.documentElement.dataset.scheme = "dark"));
      const colours = await page.evaluate(() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]);
      assert.deepEqual(colours, ["rgb(255, 255, 255)", "rgb(28, 32, 48)"]);
    },
    { colorScheme: "dark" },
  ));
