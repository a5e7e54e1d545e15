// The built pages, driven in Chromium. `tests/pages/run` builds them and calls this.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { contrastOnly, everyRule, looksOf, thinListings, usualRules, violations } from "./axe.js";
import { browsing, lessons, pageOf, pages, read, root, site, until, visit } from "./browser.js";
import { Visitors } from "./visitors.js";

const heaviest = 110_000; // bytes
const concurrency = 3; // Two cores, and now and then a page waits for something.
const shared = browsing();
const { on } = shared;
let browser, server, visitors;
before(async () => {
  await shared.start();
  ({ browser, server } = shared);
  visitors = new Visitors(browser);
});
after(async () => {
  await visitors?.close();
  await shared.stop();
});

const replay = (page) => page.locator("workbook-replay").first();
const state = (page) => replay(page).getAttribute("data-state");
const printed = (page, program) =>
  replay(page).locator(`[data-program="${program}"] li:not(.to-come) samp`).allTextContents();
const expected = (lesson, program) =>
  read("lessons", lesson, `${program}.expected`).replace(/\n$/, "").split("\n");
const progress = (page) =>
  page.evaluate(() => JSON.parse(localStorage.getItem("workbook-progress") ?? "{}"));

/** Clicks in the middle of a node. Playwright's click first waits until nothing moves, and here nothing does; that the
 *  node could be met is seen in what comes of it. */
async function pointAt(page, locator) {
  const [x, y] = await locator.evaluate((node) => {
    const { top, bottom } = node.getBoundingClientRect();
    if (top < 80 || bottom > innerHeight - 20) node.scrollIntoView({ block: "center" });
    const box = node.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
  });
  await page.mouse.click(x, y);
}

// ---- what each lesson's page must do, in one visit ------------------------------------------------

/** Every replay begins with the speed at which it ran, if it then lasts between two and ten seconds, else with one at
 *  which it lasts between four and ten, and says the speed. */
async function lastsSomeSeconds(page, lesson) {
  const replays = await page.locator("workbook-replay").evaluateAll((all) =>
    all.map((r) => ({
      ran: r.dataset.unit === "ms" ? r.end / 1000 : 0,
      lasts: r.end / Number(r.querySelector("select").value),
      speed: r.querySelector("option[selected]").textContent,
    })),
  );
  for (const { ran, lasts, speed } of replays) {
    if (ran >= 2 && ran <= 10) assert.equal(speed, "1× as it ran", lesson);
    else assert.ok(lasts >= 4 && lasts <= 10, `${lesson}: ${lasts} s`);
    assert.match(speed, /slow motion|as it ran|time-lapse|a second/);
  }
}
/** Every replay, played to its end, shows each program's .expected. */
async function plays(page, lesson) {
  for (const [n, one] of (await page.locator("workbook-replay").all()).entries()) {
    assert.equal(
      await one.locator("li:not(.to-come) samp").count(),
      0,
      "nothing is given away before it is played",
    );
    // Faster than a reader can have it: so that it is over soon, after a dozen pictures.
    const last = await one.locator("select").evaluate((select, seconds) => {
      const fastest = [...select.options].at(-1);
      fastest.value = Math.max(fastest.value, select.closest("workbook-replay").end / seconds);
      return fastest.index;
    }, 0.2);
    await one.locator("select").selectOption({ index: last });
    await one.locator(".play").click();
    await until(
      page,
      (n) => document.querySelectorAll("workbook-replay")[n].dataset.state === "ended",
      n,
    );
    const { screens, groups, unit } = await one.evaluate((r) => ({
      screens: [...r.querySelectorAll(".screen")].map((screen) => [
        screen.dataset.program,
        [...screen.querySelectorAll("li:not(.to-come) samp")].map((line) => line.textContent),
      ]),
      groups: [...r.querySelectorAll(".group")].map((group) =>
        ["p b", "p span"].map((what) => group.querySelector(what).textContent),
      ),
      unit: r.dataset.unit,
    }));
    assert.ok(screens.length > 0 && groups.length > 0);
    for (const [program, lines] of screens) assert.deepEqual(lines, expected(lesson, program));
    const runs = JSON.parse(read("lessons", lesson, "replay.json"));
    for (const [program, total] of groups) {
      assert.equal(
        total,
        runs[program].total_ms || unit === "ms"
          ? `${(runs[program].total_ms / 1000).toFixed(1)} s`
          : `${runs[program].lines.length} lines`,
      );
    }
  }
}
/** No answer is seen before it is asked for; the right one is accepted, a wrong one is not. */
async function asks(page) {
  for (const question of await page.locator(".question").all()) {
    const answer = question.locator("details.answer");
    const body = answer.locator("summary ~ *").first();
    assert.ok(!(await body.isVisible()), "the answer is closed");
    if ((await question.getAttribute("data-kind")) === "choose") {
      const right = Number(await question.getAttribute("data-right"));
      const wrong = question.locator(`.choices > li:nth-child(${right === 1 ? 2 : 1})`);
      await pointAt(page, wrong.getByRole("button"));
      assert.equal(await wrong.getAttribute("data-verdict"), "wrong");
      assert.equal(
        await question.locator(".judgement").textContent(),
        await answer.locator("[data-choice]").first().locator("p").textContent(),
        "it is told why that is wrong",
      );
      assert.ok(!(await body.isVisible()), "a wrong choice reveals nothing");
      await pointAt(page, question.locator(`.choices > li:nth-child(${right}) button`));
    } else {
      const lines = await answer.locator("li").allTextContents();
      const offered = await question.locator(".pool button").allTextContents();
      assert.notDeepEqual(
        offered,
        lines,
        "the lines are not offered in the order of the answer",
      );
      // With the keyboard in the order in which they are offered, with the pointer in the right one.
      await question.locator(".pool button").first().focus();
      for (let n = 0; n <= lines.length; ++n) await page.keyboard.press("Enter"); // the last one checks
      assert.equal(
        await question.locator(".judgement").getAttribute("data-verdict"),
        "wrong",
      );
      await pointAt(page, question.getByRole("button", { name: "Start over" }));
      for (const line of lines)
        await pointAt(
          page,
          question.locator(".pool button:enabled").getByText(line, { exact: true }).first(),
        );
      await pointAt(page, question.getByRole("button", { name: "Check" }));
    }
    assert.equal(await question.locator(".judgement").getAttribute("data-verdict"), "right");
  }
}
/** The exercise's task, starter, output and commands are there, the rest is asked for. */
async function setsTheExercise(page, lesson) {
  const exercise = page.locator(".exercise");
  const { task, hints } = JSON.parse(read("lessons", lesson, "exercise.json"));
  const plain = (text) => text.replaceAll("`", "");
  assert.equal((await exercise.locator(".task").innerText()).trim(), plain(task));
  assert.equal(
    await exercise.locator(".program code").textContent(),
    read("lessons", lesson, "exercise.cpp"),
  );
  assert.match(await exercise.locator(".row.todo").first().innerText(), /TODO/);
  assert.deepEqual(
    await exercise.locator(".screen samp").allTextContents(),
    expected(lesson, "exercise"),
  );
  const total = JSON.parse(read("lessons", lesson, "replay.json")).exercise.total_ms;
  assert.equal(
    await exercise.locator(".screen b").innerText(),
    `${(total / 1000).toFixed(1)} s`,
  );
  const number = lesson.slice(0, 2);
  assert.deepEqual(
    await exercise.locator(".commands dt").allTextContents(),
    ["start", "check", "watch"].map((command) => `./workbook ${command} ${number}`),
  );
  assert.match(await exercise.locator("dd").first().innerText(), RegExp(`my/${lesson}.cpp`));
  assert.equal(await page.locator(".eyebrow a[href='#exercise']").count(), 1);

  // One hint at a time, by the keyboard alone.
  const shown = () =>
    page.locator(".hint > p").evaluateAll((all) => all.map((p) => p.checkVisibility()));
  assert.deepEqual(await shown(), [false, false, false]);
  await exercise.locator(".hint summary").first().focus();
  for (const [n, opened] of [
    [true, false, false],
    [true, true, false],
    [true, true, true],
  ].entries()) {
    await page.keyboard.press("Enter");
    assert.deepEqual(await shown(), opened);
    assert.equal(
      (await page.locator(".hint > p").nth(n).innerText()).trim(),
      plain(hints[n]),
    );
    await page.keyboard.press("Tab");
  }

  // The solution asks first.
  const solution = exercise.locator(".solution .listing");
  await page.keyboard.press("Enter");
  assert.ok(await page.getByText("Have you tried?").isVisible());
  assert.ok(!(await solution.isVisible()), "one step does not show it");
  while (await page.evaluate(() => !document.activeElement.matches("details details > *")))
    await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.ok(await solution.isVisible());
  assert.equal(
    await solution.locator("code").textContent(),
    read("solutions", lesson, "exercise.cpp"),
  );
  assert.ok((await solution.locator("ins").count()) > 0, "what is new in it is marked");
}
/** Without JavaScript both programs, all outputs and the timeline are there, answers and details folded. */
async function readsWithoutScripts(page, lesson) {
  for (const details of await page.locator("main > details").all()) {
    assert.ok(!(await details.locator("summary ~ *").first().isVisible()));
    await pointAt(page, details.locator("> summary"));
    assert.ok(await details.locator("summary ~ *").first().isVisible());
  }
  const { listings, screens } = await page.evaluate(() => ({
    listings: [...document.querySelectorAll(".listing:not(.aids *) figcaption a")].map((link) => {
      const code = document.querySelector(`pre[aria-label="${link.textContent}"]`);
      const visible = code.checkVisibility({ visibilityProperty: true }) && code.clientHeight > 0;
      return [link.textContent, visible, code.textContent];
    }),
    screens: [...document.querySelector("workbook-replay").querySelectorAll(".screen")].map(
      (screen) => [
        screen.dataset.program,
        [...screen.querySelectorAll("samp")].map((line) => line.innerText),
      ],
    ),
  }));
  assert.ok(listings.length > 0 && screens.length > 0);
  for (const [file, visible, code] of listings) {
    assert.ok(visible, file);
    assert.equal(code, read("lessons", lesson, file), "the listing is the file, to the letter");
  }
  for (const [program, lines] of screens) assert.deepEqual(lines, expected(lesson, program));
  assert.ok(await replay(page).locator(".chart :is(.hold, .tick)").first().isVisible());
  assert.equal(await page.locator(".controls, .copy, .search-open:visible").count(), 0);
  for (const folded of await page.locator("details:is(.answer, .hint)").all()) {
    assert.ok(!(await folded.locator("summary ~ *").first().isVisible()));
    await pointAt(page, folded.locator("summary"));
    assert.ok(await folded.locator("summary ~ *").first().isVisible());
  }
  if (await page.locator(".exercise").count()) {
    const solution = page.locator(".solution .listing");
    await page.getByText("The solution", { exact: true }).click();
    assert.ok(!(await solution.isVisible()));
    await page.getByText("Yes, show the solution").click();
    assert.ok(await solution.isVisible());
  }
}

describe("each lesson", { concurrency }, () => {
  for (const lesson of lessons) {
    test(`${lesson}: replays, questions and the exercise`, (t) =>
      visitors.visit(pageOf(lesson), {}, async (page) => {
        const step = (name, body) => t.test(`${lesson}: ${name}`, () => body(page, lesson));
        await step("every replay lasts some seconds, and says its speed", lastsSomeSeconds);
        await step("every replay, played to its end, shows each program's .expected", plays);
        await step("no answer is seen before it is asked for, and it is judged", asks);
        if (fs.existsSync(path.join(root, "lessons", lesson, "exercise.cpp")))
          await step("the exercise is there, and what it hides is asked for", setsTheExercise);
      }));
    test(`${lesson}: without JavaScript all is there, the answers folded`, () =>
      visitors.visit(pageOf(lesson), { javaScriptEnabled: false }, (page) =>
        readsWithoutScripts(page, lesson),
      ));
  }
});

describe("the replay", { concurrency }, () => {
  test("each line appears when its moment has come", () =>
    on(pageOf("01-print"), {}, async (page) => {
      for (const [at, sync, async] of [
        [999, [], []],
        [1000, [], ["Second"]],
        [2000, ["First"], ["Second", "First", "Elapsed: 2.0s"]],
      ]) {
        await replay(page).evaluate((r, at) => r.seek(at), at);
        assert.deepEqual(
          [await printed(page, "sync"), await printed(page, "async")],
          [sync, async],
        );
      }
      assert.match(
        await replay(page).locator(".verdict").textContent(),
        /sync: the thread is held; async has ended/,
      );
      await replay(page).evaluate((r) => r.seek(r.end));
      assert.equal(
        await replay(page).locator(".verdict").textContent(),
        "sync 3.0 s, async 2.0 s: 1.0 s less.",
      );
    }));

  test("with the keyboard alone: to it, play, pause, line by line both ways, to both ends", () =>
    on(pageOf("02-sleep"), {}, async (page) => {
      for (
        let n = 0;
        n < 200 &&
        !(await page.evaluate(() => document.activeElement.matches("workbook-replay .play")));
        ++n
      )
        await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      assert.equal(await state(page), "playing");
      await page.keyboard.press("Enter");
      assert.equal(await state(page), "paused");
      for (
        let n = 0;
        n < 20 &&
        !(await page.evaluate(() =>
          document.activeElement.matches("workbook-replay [type=range]"),
        ));
        ++n
      )
        await page.keyboard.press("Tab");
      await page.keyboard.press("Home");
      assert.deepEqual([await state(page), await printed(page, "sync")], ["ready", []]);
      for (let n = 0; n < 3; ++n) await page.keyboard.press("ArrowRight");
      assert.deepEqual(
        [await printed(page, "sync"), await printed(page, "async")],
        [expected("02-sleep", "sync").slice(0, 1), expected("02-sleep", "async").slice(0, 2)],
      );
      await page.keyboard.press("ArrowLeft");
      assert.deepEqual(await printed(page, "async"), expected("02-sleep", "async").slice(0, 1));
      assert.match(
        await page.getByRole("slider").first().getAttribute("aria-valuetext"),
        /^0\.0 of 3\.0 s, 2 of 10 lines printed$/,
      );
      await page.keyboard.press("End");
      assert.deepEqual(
        [await state(page), await printed(page, "sync")],
        ["ended", expected("02-sleep", "sync")],
      );
      await page.keyboard.press("Space");
      assert.equal(await state(page), "playing");
      await page.keyboard.press("Space");
      assert.equal(await state(page), "paused");
    }));

  test("dragging over the bars moves the clock", () =>
    on(pageOf("01-print"), {}, async (page) => {
      await replay(page).locator(".chart").scrollIntoViewIfNeeded();
      const box = await replay(page).locator(".axis .track").boundingBox();
      await page.mouse.move(box.x + 3, box.y - 20);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width / 2, box.y - 20, { steps: 4 });
      await page.mouse.up();
      assert.ok(Math.abs((await replay(page).evaluate((r) => r.now)) - 1500) < 20);
    }));

  test("reduced motion: the picture changes only when a line is printed", () =>
    on(pageOf("01-print"), { reducedMotion: "reduce" }, async (page) => {
      const seen = await replay(page).evaluate(
        (r) =>
          new Promise((done) => {
            const positions = new Set(),
              select = r.querySelector("select");
            select.selectedIndex = select.options.length - 1;
            select.dispatchEvent(new Event("change"));
            r.play();
            (function look() {
              positions.add(r.now);
              if (r.dataset.state === "ended") done([...positions]);
              else requestAnimationFrame(look);
            })();
          }),
      );
      assert.deepEqual(seen, [0, 1000, 2000, 3000]);
    }));

  test("on paper all of it is there", () =>
    on(pageOf("01-print"), {}, async (page) => {
      await page.emulateMedia({ media: "print" });
      await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
      assert.ok(await replay(page).getByText("Elapsed: 3.0s").isVisible());
      assert.ok(!(await replay(page).locator(".controls").isVisible()));
    }));
});

describe("predictions and quizzes", { concurrency }, () => {
  test("an order is chosen with the keyboard alone, and a line can be taken back", () =>
    on(pageOf("02-sleep"), {}, async (page) => {
      const question = page.locator("[data-kind=order]");
      await question.locator(".pool button").first().focus();
      for (let n = 0; n < 5; ++n) await page.keyboard.press("Enter");
      assert.equal(await page.evaluate(() => document.activeElement.textContent), "Check");
      await question
        .getByRole("button", { name: /take it back/ })
        .first()
        .focus();
      await page.keyboard.press("Enter");
      assert.equal(await question.locator(".pool button:enabled").count(), 1);
      assert.ok(await question.getByRole("button", { name: "Check" }).isDisabled());
    }));
  test("the first guess at the prediction is kept, and shown where the page says what changed", async () => {
    const guess = (page) => page.locator("#what-changed + .guess").innerText();
    await on(pageOf("01-print"), {}, async (page) => {
      assert.equal(await guess(page), "");
      const choices = page.locator("[data-step=predict] .choices button");
      await choices.nth(0).click();
      await choices.nth(2).click();
      await page.reload();
      assert.match(await guess(page), /guess: First, then Second, after 3.0 s in all. It is: Second, then/);
    });
    await on(pageOf("03-sleep-loop"), {}, async (page) => {
      const question = page.locator("[data-step=predict]");
      for (let n = 0; n < 8; ++n) await question.locator(".pool button:enabled").first().click();
      await question.getByRole("button", { name: "Check" }).click();
      assert.match(await guess(page), /with 0 of 8 lines in their place:\s*End 0 ✗ no: Start 0/);
    });
  });
});

describe("without JavaScript", { concurrency }, () => {
  test("the pages can be reached on a phone", () =>
    on(
      "index.html",
      { javaScriptEnabled: false, viewport: { width: 390, height: 844 } },
      async (page) => {
        await page.getByRole("button", { name: "Pages" }).click();
        await page.locator("#nav").locator("[data-lesson='01-print']").click();
        assert.match(await page.locator(".eyebrow").innerText(), /Lesson 1/);
      },
    ));
});

describe("the exercise", { concurrency }, () => {
  test("starter and solution end beside each other at 1280, and nothing is too wide on a phone", async () => {
    const open = (page) =>
      page.locator(".aids details").evaluateAll((all) => all.forEach((d) => (d.open = true)));
    await on(pageOf("03-sleep-loop"), {}, async (page) => {
      await open(page);
      const [starter, solution] = [
        await page.locator(".work > .program").boundingBox(),
        await page.locator(".solution .listing").boundingBox(),
      ];
      assert.ok(solution.x >= starter.x + starter.width);
      const ends = [starter, solution].map(({ y, height }) => y + height);
      assert.ok(Math.abs(ends[0] - ends[1]) < 4, `they end at ${ends}`);
    });
    await on(pageOf("03-sleep-loop"), { viewport: { width: 390, height: 844 } }, async (page) => {
      await open(page);
      const [starter, screen] = [
        await page.locator(".work > .program").boundingBox(),
        await page.locator(".aids > .screen").boundingBox(),
      ];
      assert.ok(screen.y >= starter.y + starter.height);
      const wide = await page
        .locator(".exercise, .exercise *:not(pre *, .unseen)")
        .evaluateAll((all) => all.filter((node) => node.getBoundingClientRect().right > innerWidth));
      assert.deepEqual(wide, []);
    });
  });
});

describe("reading", () => {
  test("the pair is side by side at 1280 and one below the other on a phone", () =>
    on(pageOf("01-print"), {}, async (page) => {
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 844 });
        const [sync, async] = await page
          .locator(".pair .listing")
          .evaluateAll((all) => all.map((node) => node.getBoundingClientRect().toJSON()));
        if (width === 1280) assert.ok(async.left >= sync.right && Math.abs(async.top - sync.top) < 2);
        else assert.ok(async.top >= sync.bottom && async.left === sync.left);
      }
    }));

  test("at 1280, with a scroll bar, a listing of 66 columns has room beside its twin, in letters of at least 13 px", () =>
    on(pageOf("01-print"), {}, async (page) => {
      await page.evaluate(() => (document.body.style.paddingRight = "15px"));
      const [wide, size] = await page
        .locator(".pair pre")
        .first()
        .evaluate((pre) => {
          pre.querySelector(".row").textContent = "x".repeat(66) + "\n";
          return [pre.scrollWidth - pre.clientWidth, parseFloat(getComputedStyle(pre).fontSize)];
        });
      assert.ok(wide <= 0 && size >= 13, `${wide} px too wide at ${size} px`);
    }));

  test("a listing is copied as it is in the file", () =>
    on(pageOf("01-print"), { permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
      await page.locator(".copy").first().click();
      await page.getByRole("button", { name: "Copied" }).waitFor();
      assert.equal(
        await page.evaluate(() => navigator.clipboard.readText()),
        read("lessons/01-print/sync.cpp"),
      );
    }));

  test("the chosen scheme is kept", () =>
    on("index.html", { colorScheme: "light" }, async (page) => {
      await page.getByRole("button", { name: /light and dark/ }).click();
      await page.reload();
      assert.equal(
        await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme),
        "dark",
      );
    }));
});

describe("search", { concurrency }, () => {
  for (const where of ["a server", "a file"])
    test(`from ${where}: by key, to a lesson`, () =>
      on(
        where === "a server" ? "index.html" : pathToFileURL(path.join(site, "index.html")).href,
        {},
        async (page) => {
          await page.keyboard.press("/");
          assert.ok(await page.locator("dialog").evaluate((dialog) => dialog.matches(":modal")));
          await page.keyboard.type("potato");
          await page.locator(".search ol a").first().waitFor();
          assert.match(await page.locator(".search [role=status]").textContent(), /place/);
          await page.keyboard.press("ArrowDown");
          await page.keyboard.press("Enter");
          await page.waitForURL(/08-chores|when-async|glossary|phrasebook/);
          await page.keyboard.press("/");
          await page.locator(".search input").fill("zzzzqqq");
          await page.getByText("Nothing found.").waitFor();
          await page.keyboard.press("Escape");
          assert.ok(!(await page.locator("dialog").isVisible()));
        },
      ));
});

describe("a copy that is opened as files", { concurrency }, () => {
  test("the replay, the questions, the search, and from page to page", () =>
    on(pathToFileURL(path.join(site, pageOf("01-print"))).href, {}, async (page) => {
      await plays(page, "01-print");
      await asks(page);
      assert.deepEqual((await progress(page))["01-print"].did.slice(0, 2), ["watch", "question 1"]);
      await page.keyboard.press("/");
      await page.keyboard.type("look up from the potatoes");
      await page.locator(".search ol a").first().click();
      assert.match(await page.locator(".eyebrow").innerText(), /^Lesson 8 /);
    }));
});

describe("progress", { concurrency }, () => {
  test("is marked, kept across a reload, and forgotten on request", () =>
    on(pageOf("01-print"), {}, async (page) => {
      const here = page.locator("#nav a[data-lesson='01-print']");
      await replay(page).evaluate((r) => r.seek(r.end));
      assert.equal(await here.getAttribute("data-progress"), "begun");
      for (const question of await page.locator(".question").all())
        await question.locator("summary").click();
      await until(
        page,
        () => document.querySelector("#nav [data-lesson='01-print']").dataset.progress === "done",
      );
      await page.reload();
      assert.equal(await here.getAttribute("data-progress"), "done");
      await page.goto(server.base + "index.html");
      assert.match(await page.locator(".cards li").first().innerText(), /✓\s+done/);
      await page.getByRole("button", { name: "Forget my progress" }).click();
      assert.deepEqual(await progress(page), {});
      await page.reload();
      assert.equal(await page.locator("[data-progress=done], [data-progress=begun]").count(), 0);
      assert.ok(!(await page.getByRole("button", { name: "Forget my progress" }).isVisible()));
    }));

  test("a browser that refuses to store anything still shows everything", async () => {
    const { page, faults, context } = await visit(browser, server.base);
    await page.addInitScript(() =>
      Object.defineProperty(window, "localStorage", {
        get() {
          throw new DOMException("refused");
        },
      }),
    );
    await page.goto(server.base + pageOf("01-print"));
    await replay(page).evaluate((r) => r.seek(r.end));
    await page.getByRole("button", { name: /light and dark/ }).click();
    assert.equal(await state(page), "ended");
    assert.deepEqual(faults, []);
    await context.close();
  });
});

/** Opens whatever can be opened, answers all questions, and puts the runs at their end. */
const openAll = (page) =>
  page.evaluate(() => {
    document.querySelectorAll("workbook-replay").forEach((r) => r.seek(r.end));
    document.querySelectorAll(".choices button").forEach((button) => button.click());
    document.querySelectorAll(".pool button").forEach((button) => button.click());
    document.querySelectorAll(".actions .primary").forEach((button) => button.click());
    document.querySelectorAll("details").forEach((details) => {
      details.hidden = false;
      details.open = true;
    });
  });
/** How much too wide the page is, and which listings are, in words. */
const tooWide = (page) =>
  page.evaluate(() => {
    const wide = document.documentElement.scrollWidth - innerWidth;
    return [
      ...(wide > 0 ? [`the page is ${wide} px too wide`] : []),
      ...[...document.querySelectorAll(".listing pre")]
        .filter((pre) => innerWidth >= 1280 && pre.scrollWidth > pre.clientWidth)
        .map((pre) => `${pre.getAttribute("aria-label")} scrolls sideways`),
    ];
  });

describe("every page", { concurrency: 2 }, () => {
  const weights = new Map();
  const seen = { light: new Set(), dark: new Set() }; // the looks whose contrast was measured, on any page
  for (const name of pages)
    test(`${name}: axe finds nothing, nothing is too wide or too heavy`, () =>
      visitors.visit(name, { reducedMotion: "reduce" }, async (page, sent) => {
        const found = [];
        const look = async (colorScheme, width, lookFor) => {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 900 });
          // Answers were scrolled to; what is under the bar at the top is partly hidden.
          await page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
          for (const fault of await lookFor(page, seen[colorScheme]))
            found.push(`${name} (${colorScheme}, ${width} px): ${fault}`);
        };
        const anyFault = async (page, seen) => {
          for (const one of await looksOf(page)) seen.add(one);
          return violations(page, everyRule);
        };
        const paleWords = async (page, seen) => {
          const looks = await looksOf(page);
          if (looks.every((one) => seen.has(one))) return [];
          for (const one of looks) seen.add(one);
          return violations(page, contrastOnly);
        };

        const putBack = await thinListings(page);
        if (name.startsWith("lessons/")) {
          // What there is only before an answer looks the same on the phone and in the dark.
          for (const fault of await violations(page, everyRule))
            found.push(`${name} (as it opens): ${fault}`);
          await openAll(page);
        }
        // Each width and each scheme has all rules once. Of the two other pairs only the contrast can differ, and only
        // that of words which look as none did so far: what is shown in one of the widths is the same on most pages.
        await look("light", 1280, anyFault);
        await look("dark", 390, anyFault);
        await look("light", 390, paleWords);
        await look("dark", 1280, paleWords);
        await putBack();
        await look("dark", 1280, tooWide);
        await look("dark", 390, tooWide);
        await look("light", 390, tooWide);
        await look("light", 1280, tooWide); // As the next page is met.
        weights.set(name, sent()); // (All that was asked for until now: nothing waits for a quiet moment.)
        if (sent() > heaviest) found.push(`${name} weighs ${sent()} bytes`);
        assert.equal(found.join("\n"), "");
      }));
  test("how heavy the heaviest page is", (t) => {
    const [name, weight] = [...weights].sort((a, b) => b[1] - a[1])[0] ?? [];
    t.diagnostic(`${name}: ${weight} bytes gzipped, of ${weights.size} pages`);
  });

  test("the search and the list of pages are as accessible when they are open", () =>
    on("index.html", { viewport: { width: 390, height: 844 } }, async (page) => {
      await page.getByRole("button", { name: "Pages" }).click();
      assert.deepEqual(await violations(page, usualRules), []);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Search" }).click();
      await page.keyboard.type("thread");
      await page.locator(".search ol a").first().waitFor();
      assert.deepEqual(await violations(page, usualRules), []);
    }));

  test("a content security policy, and no script that stands in the page", () => {
    for (const name of pages) {
      const html = fs.readFileSync(path.join(site, name), "utf8");
      const [, policy] = /<meta http-equiv="Content-Security-Policy" content="([^"]+)">/.exec(html) ?? [];
      assert.match(policy ?? "", /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/, name);
      assert.doesNotMatch(policy, /script-src[^;]*'unsafe-/, name);
      assert.ok(html.indexOf("Content-Security-Policy") < html.search(/<(script|link)\b/), `${name}: first of all`);
      for (const [tag] of html.matchAll(/<script\b[^>]*>/g)) assert.match(tag, /\ssrc="/, name);
      assert.doesNotMatch(html.replace(/<pre[^]*?<\/pre>/g, ""), /<[a-z][^<>]*\son[a-z]+=/, name);
    }
  });

  test("every link leads somewhere, and so does every anchor", () => {
    const ids = new Map(
      pages.map((name) => [
        name,
        new Set(
          [...fs.readFileSync(path.join(site, name), "utf8").matchAll(/\bid="([^"]+)"/g)].map(
            (m) => m[1],
          ),
        ),
      ]),
    );
    let links = 0;
    for (const name of pages)
      for (const [, href] of fs
        .readFileSync(path.join(site, name), "utf8")
        .matchAll(/<[a-z][^<>]*\s(?:href|src)="([^"]*)"/g)) {
        assert.doesNotMatch(href, /^(\w+:|\/)/, `${name} links to ${href}`);
        const [file, anchor] = href.split("#");
        const target = file ? path.posix.join(path.posix.dirname(name), file) : name;
        assert.ok(fs.existsSync(path.join(site, target)), `${name} links to ${href}`);
        if (anchor && ids.has(target))
          assert.ok(ids.get(target).has(anchor), `${name} links to ${href}`);
        ++links;
      }
    assert.ok(links > 100);
  });

  test("each lesson has its page, its card and its place among the pages, in order", () =>
    on("index.html", {}, async (page) => {
      for (const where of ["#nav a[data-lesson]", ".cards li[data-lesson]"])
        assert.deepEqual(
          await page
            .locator(where)
            .evaluateAll((nodes) => nodes.map((node) => node.dataset.lesson)),
          lessons,
        );
    }));
});
