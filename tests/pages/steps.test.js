// Where a reader is in a lesson, and that all of it can be read: the bar of steps, the notes of the listings, the
// replay before it is played, and how code and tables fit a narrow page.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { browsing, lessons, pageOf, pages, site } from "./browser.js";

const phone = { viewport: { width: 390, height: 844 } };
const concurrency = 2;
const shared = browsing();
const { on } = shared;
let server;
before(async () => {
  await shared.start();
  ({ server } = shared);
});
after(shared.stop);

const bar = (page) => page.locator(".steps");
const current = (page) => bar(page).locator("[aria-current]");
const done = (page) => bar(page).locator("[data-done]").allInnerTexts();
/** Two pictures later: what follows from scrolling has been done. */
const settled = (page) =>
  page.evaluate(() => new Promise((end) => requestAnimationFrame(() => requestAnimationFrame(end))));
async function scrollTo(page, selector) {
  await page.evaluate(
    (selector) => document.querySelector(selector).scrollIntoView({ behavior: "instant" }),
    selector,
  );
  await settled(page);
}

describe("the bar of steps", { concurrency }, () => {
  for (const [name, options] of [
    ["1280 px", {}],
    ["a phone", phone],
  ])
    test(`on ${name} it stays in view, says where the reader is, and leads there by the keyboard`, () =>
      on(pageOf("03-sleep-loop"), options, async (page) => {
        assert.deepEqual(
          await bar(page).locator("> ol > li > a").allInnerTexts(),
          ["Read", "Predict", "Watch", "What changed", "Traps", "Python", "Build", "Ask", "Exercise", "Next"],
        );
        for (const [section, step] of [
          ["#watch", "Watch"],
          ["#traps", "Traps"],
          ["#where-to-go-next", "Next"],
        ]) {
          await scrollTo(page, section);
          assert.equal((await current(page).innerText()).trim(), step);
          const box = await current(page).boundingBox();
          const { width, height } = page.viewportSize();
          assert.ok(
            box.y >= 0 && box.y + box.height <= height && box.x >= 0 && box.x + box.width <= width,
            `${step} is in view: ${JSON.stringify(box)}`,
          );
        }
        await bar(page).getByRole("link", { name: "Predict" }).focus();
        await page.keyboard.press("Enter");
        await settled(page);
        assert.equal((await current(page).innerText()).trim(), "Predict");
        const heading = await page.locator("#predict").boundingBox();
        const under = options === phone ? await bar(page).boundingBox() : await page.locator(".top").boundingBox();
        assert.ok(heading.y >= under.y + under.height, "the bar does not cover the heading");
      }));

  test("a step is done when its questions are answered, its run is watched, or it was read to its end", () =>
    on(pageOf("01-print"), {}, async (page) => {
      await scrollTo(page, "#exercise"); // (a jump: nothing between is read)
      assert.deepEqual(await done(page), []);
      await page.locator(".question summary").first().click();
      assert.match((await done(page)).join(), /^Predict\s+done$/);
      await page.locator("workbook-replay").first().evaluate((replay) => replay.seek(replay.end));
      assert.match((await done(page)).join(), /^Predict\s+done,Watch\s+done$/);
      await scrollTo(page, "#in-python-this-is");
      await page.evaluate(() => scrollBy({ top: 700, behavior: "instant" }));
      await settled(page);
      assert.match((await done(page)).join(), /Python\s+done/);
    }));

  test("a lesson and the first page lead back to where the reader stopped", () =>
    on(pageOf("03-sleep-loop"), {}, async (page) => {
      assert.equal(await page.locator(".resume").count(), 0);
      await scrollTo(page, "#traps");
      await page.goto(server.base + "index.html");
      const link = page.locator(".resume a");
      assert.equal(await link.innerText(), "Go on with lesson 3, Start all, then wait for each: Traps");
      await link.click();
      await page.waitForURL(/03-sleep-loop\/index\.html#traps$/);
      await page.goto(server.base + pageOf("03-sleep-loop"));
      assert.equal(await page.locator(".resume").innerText(), "Go on where you stopped: Traps");
    }));

  test("without JavaScript it is a list of links, with all sections of the page", () =>
    on(pageOf("16-cancellation"), { javaScriptEnabled: false }, async (page) => {
      const headings = await page.locator("main :is(h2, h3)[id]").evaluateAll((all) => all.map((h) => `#${h.id}`));
      const links = await bar(page).locator("a:visible").evaluateAll((all) => all.map((a) => a.hash));
      assert.deepEqual(links, headings);
    }));

  test("the list of pages is grouped, and a lesson's entry opens to its sections", () =>
    on(pageOf("16-cancellation"), phone, async (page) => {
      await page.getByRole("button", { name: "Pages" }).click();
      const shown = await page.locator("#nav a[data-lesson]:visible").evaluateAll((all) => all.map((a) => a.dataset.lesson));
      assert.deepEqual(shown, lessons.filter((name) => name >= "12" && name < "22"));
      await page.locator("#nav").getByRole("link", { name: "The task group" }).click();
      await page.waitForURL(/#the-task-group$/);
    }));
});

describe("the notes of a listing", { concurrency }, () => {
  const gaps = (page) =>
    page.locator(".program.noted").evaluateAll((programs) =>
      programs.flatMap((program) =>
        [...program.querySelectorAll(".row[data-note]")].map((row) => {
          const note = program.querySelectorAll(".notes > ol > li")[row.dataset.note - 1];
          let last = row;
          while (last.nextElementSibling?.matches(".goes-on")) last = last.nextElementSibling;
          const [line, end, box] = [row, last, note].map((node) => node.getBoundingClientRect());
          const beside = program.matches(".beside");
          const gap = Math.round(beside ? box.top - line.top : box.top - end.bottom);
          const next = last.nextElementSibling?.getBoundingClientRect().top ?? Infinity;
          return { beside, gap, height: box.height, covers: !beside && box.bottom > next + 2 };
        }),
      ),
    );
  for (const lesson of ["01-print", "03-sleep-loop", "16-cancellation"])
    test(`${lesson}: each is below its line or beside it`, () =>
      on(pageOf(lesson), {}, async (page) => {
        await page.evaluate(() => document.querySelectorAll("main > details").forEach((d) => (d.open = true)));
        for (const width of [1280, 390]) {
          await page.setViewportSize({ width, height: 900 });
          await settled(page);
          await settled(page);
          const all = await gaps(page);
          assert.ok(all.length > 2);
          for (const { beside, gap, height, covers } of all) {
            assert.ok(height > 20, "it is to be seen");
            assert.ok(!covers, "it covers no line");
            if (!beside) assert.ok(Math.abs(gap) <= 2, `${gap} px below its line at ${width}`);
            else assert.ok(gap >= -1 && gap < 250, `${gap} px from its line at ${width}`);
          }
          assert.equal(all.some(({ beside }) => beside), width === 1280 && lesson !== "01-print");
        }
      }));

  test("a number folds its note and opens it again, and all of them can be hidden", () =>
    on(pageOf("01-print"), {}, async (page) => {
      const note = page.locator("#note-async-cpp-2");
      const number = page.locator("#line-async-cpp-2");
      assert.ok(await note.isVisible());
      await number.click();
      assert.ok(!(await note.isVisible()));
      assert.equal(await number.getAttribute("aria-expanded"), "false");
      await number.focus();
      await page.keyboard.press("Enter");
      assert.ok(await note.isVisible());
      await page.getByRole("button", { name: "Hide notes" }).last().click();
      assert.equal(await page.locator("[data-role=async] > .notes li:visible").count(), 0);
      await page.reload();
      assert.equal(await page.locator(".pair .notes li:visible").count(), 0, "it is kept");
      await page.getByRole("button", { name: "Show notes" }).last().click();
      assert.ok(await note.isVisible());
    }));

  test("a note does not part the signature that it is about", () =>
    on(pageOf("01-print"), {}, async (page) => {
      const tops = await page.evaluate(() =>
        ["[data-role=async] .row.goes-on", "#note-async-cpp-1"].map((what) => {
          const node = document.querySelector(what);
          return [node.textContent.trim().slice(0, 21), node.getBoundingClientRect().top];
        }),
      );
      assert.equal(tops[0][0], "std::chrono::seconds ");
      assert.ok(tops[0][1] < tops[1][1]);
    }));

  test("while the program is being changed they are a list below it", () =>
    on(pageOf("01-print"), {}, async (page) => {
      const program = page.locator(".pair .program").first();
      await program.locator("pre").evaluate((pre) => (pre.hidden = true));
      for (let n = 0; n < 3; ++n) await settled(page);
      const end = await program.locator("figure").evaluate((node) => node.getBoundingClientRect().bottom);
      const tops = await program.locator("li").evaluateAll((all) => all.map((li) => li.getBoundingClientRect().top));
      assert.deepEqual([end, ...tops].toSorted((a, b) => a - b), [end, ...tops]);
      assert.ok(await program.locator(".to-line").first().isVisible());
    }));

  test("on a phone both programs and their notes are there before the prediction", () =>
    on(pageOf("01-print"), phone, async (page) => {
      const tops = await page.evaluate(() =>
        [".pair .program:nth-of-type(2) pre", "#note-async-cpp-5", "#predict"].map((what) => {
          const node = document.querySelector(what);
          return node.checkVisibility() && node.getBoundingClientRect().top;
        }),
      );
      assert.ok(tops[0] > 0 && tops[0] < tops[1] && tops[1] < tops[2], `${tops}`);
    }));

  test("beside a longer program the shorter one stays in view", () =>
    on(pageOf("01-print"), {}, async (page) => {
      await page.evaluate(() => {
        const { bottom } = document.querySelector(".pair").getBoundingClientRect();
        scrollTo({ top: scrollY + bottom - innerHeight, behavior: "instant" });
      });
      await settled(page);
      const ends = await page.locator(".pair .listing").evaluateAll((all) => all.map((l) => l.getBoundingClientRect().bottom));
      assert.ok(Math.abs(ends[0] - ends[1]) < 40, `they end at ${ends}`);
    }));
});

describe("the replay", { concurrency }, () => {
  test("before it is played it is its finished picture, faintly; playing begins with nothing", () =>
    on(pageOf("01-print"), {}, async (page) => {
      const replay = page.locator("workbook-replay");
      const seen = () =>
        replay.evaluate((r) => ({
          bars: getComputedStyle(r.querySelector(".group .track")).opacity,
          colour: getComputedStyle(r.querySelector("samp")).color,
          clipped: getComputedStyle(r.querySelector(".group .track")).clipPath,
          lines: [...r.querySelectorAll(".screen li")].map((li) => getComputedStyle(li).visibility),
        }));
      const before = await seen();
      assert.ok(before.bars > 0.2 && before.bars < 0.6);
      assert.equal(before.clipped, "none");
      assert.ok(before.lines.every((visibility) => visibility === "visible"));
      await replay.evaluate((r) => r.seek(1));
      const begun = await seen();
      assert.equal(begun.bars, "1");
      assert.notEqual(begun.colour, before.colour);
      assert.notEqual(begun.clipped, "none");
      assert.ok(begun.lines.every((visibility) => visibility === "hidden"));
    }));

  test("a button leads to the end", () =>
    on(pageOf("01-print"), {}, async (page) => {
      await page.getByRole("button", { name: "To the end" }).click();
      assert.equal(await page.locator("workbook-replay").getAttribute("data-state"), "ended");
    }));

  test("on the first page it plays once when it comes into view", () =>
    on("index.html", { viewport: { width: 1280, height: 500 } }, async (page) => {
      const replay = page.locator("workbook-replay");
      assert.equal(await replay.getAttribute("data-state"), "ready");
      await scrollTo(page, "workbook-replay .chart");
      await page.waitForFunction(() => document.querySelector("workbook-replay").dataset.state === "playing");
      await replay.evaluate((r) => r.restart());
      await page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
      await settled(page);
      await scrollTo(page, "workbook-replay .chart");
      await settled(page);
      assert.equal(await replay.getAttribute("data-state"), "ready", "only once");
    }));

  test("and not for a reader who asked for less motion", () =>
    on("index.html", { reducedMotion: "reduce" }, async (page) => {
      await scrollTo(page, "workbook-replay .chart");
      await settled(page);
      await settled(page);
      assert.equal(await page.locator("workbook-replay").getAttribute("data-state"), "ready");
    }));

  test("what it has shown is not printed again below it, and the difference is folded", () => {
    for (const lesson of lessons) {
      const text = fs.readFileSync(path.join(site, pageOf(lesson)), "utf8");
      const replayed = [...text.matchAll(/class="screen" data-role="\w+" data-program="(\w+)"/g)].map((m) => m[1]);
      const printed = [...text.matchAll(/<figure class="output".*?<a href="(\w+)\.expected"/g)].map((m) => m[1]);
      const both = printed.filter((program) => replayed.includes(program));
      // (Where outputs stand side by side, one that no replay shows keeps its neighbours.)
      const alone = [...text.matchAll(/<div class="outputs">(.*?)<\/div>/gs)].filter(([, group]) =>
        [...group.matchAll(/href="(\w+)\.expected"/g)].every((m) => replayed.includes(m[1])),
      );
      assert.deepEqual(alone, [], lesson);
      if (!text.includes('class="outputs"')) assert.deepEqual(both, [], lesson);
      for (const [, open, diff] of text.matchAll(/<details class="diff"( open)?>(.*?)<\/details>/gs)) {
        assert.equal(open, undefined);
        assert.doesNotMatch(diff, /#include|<span class="row[^>]*>[ +-] \s*<span class="c">/, lesson);
      }
    }
  });
});

describe("on every page", { concurrency }, () => {
  /** Words of code that end in another line than they begin, and code in letters that are too small. */
  const faultsOf = (page) =>
    page.evaluate(() => {
      const found = [];
      for (const code of document.querySelectorAll(":is(code, samp, kbd, .pool button):not(dialog *, pre *)")) {
        if (!code.checkVisibility()) continue;
        const size = parseFloat(getComputedStyle(code).fontSize);
        if (size < 13 && code.localName !== "kbd") found.push(`${size} px: ${code.textContent.slice(0, 40)}`);
        for (const word of globalThis.brokenWords(code)) found.push(`broken: ${word}`);
      }
      for (const code of document.querySelectorAll("pre"))
        if (parseFloat(getComputedStyle(code).fontSize) < 13) found.push(`too small: ${code.className}`);
      return found;
    });
  for (const width of [1280, 390])
    test(`at ${width} px no word of code is broken, and its letters have at least 13 px`, () =>
      on("index.html", { viewport: { width, height: 900 } }, async (page) => {
        const found = [];
        for (const name of pages) {
          await page.goto(server.base + name);
          await page.evaluate(() => document.querySelectorAll("main details").forEach((d) => (d.open = true)));
          for (const fault of await faultsOf(page)) found.push(`${name}: ${fault}`);
        }
        assert.equal(found.join("\n"), "");
      }));

  test("on a phone the cells of a table stand below each other, each with its column's name", () =>
    on("index.html", phone, async (page) => {
      let tables = 0;
      for (const name of pages) {
        await page.goto(server.base + name);
        const rows = await page.locator("tbody tr").evaluateAll((all) =>
          all.map((row) =>
            [...row.cells]
              .filter((cell) => cell.checkVisibility())
              .map((cell) => {
                const box = cell.getBoundingClientRect();
                return [box.top, box.right <= innerWidth, Boolean(cell.dataset.column)];
              }),
          ),
        );
        tables += rows.length;
        for (const row of rows)
          row.forEach(([top, fits, named], n) => {
            assert.ok(fits && named, name);
            if (n) assert.ok(top > row[n - 1][0], `${name}: ${row}`);
          });
      }
      assert.ok(tables > 100);
    }));

  test("the first page's cards are grouped as the list of pages is", () =>
    on("index.html", {}, async (page) => {
      const groups = await page.locator(".parts h3").evaluateAll((all) => all.map((h3) => h3.firstChild.data));
      const named = await page.locator("#nav summary").evaluateAll((all) => all.map((s) => s.firstChild.data.trim()));
      assert.ok(groups.length > 2);
      assert.deepEqual(groups, named);
    }));
});
