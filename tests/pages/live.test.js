// The pages as ./workbook serve shows them, driven in Chromium, against a server that answers as it does.
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { contrastOnly, everyRule, thinListings, violations } from "./axe.js";
import { launch, pageOf, read, root, site, until, visit } from "./browser.js";
import { Host } from "./host.js";
import { FakeServer } from "./fake_server.js";

const concurrency = 3; // Most of the time a page waits for the server's next words.
const bundle = path.join(root, "build/editor/editor.js");
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** Runs `body` with its own server, and a function that opens pages of it in one browser window. */
async function served(body, { wanted = [], ...options } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "workbook-pages-"));
  const server = new FakeServer(folder);
  server.editor = bundle;
  await server.start();
  const { page, faults, context } = await visit(browser, server.base, options);
  const open = async (lesson, { tab = page, token = true } = {}) => {
    await tab.goto(server.base + pageOf(lesson) + (token ? `#token=${server.token}` : ""));
    return tab;
  };
  try {
    await body({ server, open, page, context });
    assert.deepEqual(
      faults.filter((fault) => !wanted.some((allowed) => allowed.test(fault))),
      [],
    );
  } finally {
    await context.close();
    await server.stop();
    fs.rmSync(folder, { recursive: true });
  }
}
const refused = [/409|Conflict/];
const gone = [/ERR_|403|Forbidden/];

const box = (page, nth = 0) => page.locator(".run-box").nth(nth);
const runButton = (page, nth = 0) => box(page, nth).locator(".controls > .play").first();
const printed = (page, program) =>
  box(page).locator(`.screen[data-program="${program}"] samp`).allTextContents();
const expected = (lesson, program) =>
  read("lessons", lesson, `${program}.expected`).replace(/\n$/, "").split("\n");
const ended = (page, nth = 0) => box(page, nth).locator("workbook-replay").waitFor();
const button = (page, name) => page.locator(".exercise").getByRole("button", { name });
const judgement = (page) => page.locator(".bench .judgement");
const state = (page, wanted) => page.locator(`.file-state[data-state=${wanted}]`).waitFor();
const text = (page) =>
  page
    .locator(".cm-content")
    .evaluate(
      (node) => node.cmTile?.view?.state.doc.toString() ?? node.cmView.view.state.doc.toString(),
    );
/** Puts the whole text into the editor, as a reader does who pastes it. */
async function write(page, words) {
  await page.locator("#my-file").click();
  await page.locator(".cm-content").waitFor();
  await page.locator(".cm-content").focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(words);
}

describe("a copy of the pages without a server", () => {
  const traces = ".run-box, .desk, .bench, .server-bar, link[href*=live]";
  test("has no trace of it: not on a host, not with a token, not as a file", async () => {
    const server = await new Host().start();
    try {
      for (const [address, asks] of [
        [server.base + pageOf("01-print"), 0],
        [pathToFileURL(path.join(site, pageOf("01-print"))).href + "#token=" + "a".repeat(64), 0],
        [server.base + pageOf("01-print") + "#token=" + "a".repeat(64), 1],
      ]) {
        const { page, context } = await visit(browser, server.base);
        const live = [];
        page.on("request", (request) => {
          if (/\/live\/|\/api\//.test(request.url())) live.push(request.url());
        });
        const answer = asks && page.waitForResponse(/\/api\/lessons/);
        await page.goto(address);
        await answer;
        await page.waitForLoadState("networkidle");
        assert.equal(live.length > 0, asks > 0, live.join());
        assert.equal(await page.locator(".run-box, .desk, .bench").count(), 0);
        if (!asks) assert.equal(await page.locator(traces).count(), 0);
        assert.equal(await page.getByRole("button", { name: /Run|Check your|Save/ }).count(), 0);
        assert.ok(await page.locator(".exercise .program .listing").isVisible());
        assert.ok(await page.locator(".exercise .hint").first().isVisible());
        await context.close();
      }
    } finally {
      server.stop();
    }
  });
});

describe("the token", { concurrency }, () => {
  test("leaves the address, stays with the tab, and reaches a tab that was opened without it", () =>
    served(async ({ server, open, page, context }) => {
      await open("01-print");
      await box(page).waitFor();
      assert.equal(page.url(), server.base + pageOf("01-print"));
      await page.locator(".turn .on").click();
      await box(page).waitFor();
      assert.match(page.url(), /02-sleep/);

      const other = await open("03-sleep-loop", { tab: await context.newPage(), token: false });
      await box(other).waitFor();
      assert.equal(
        await other.evaluate(() => sessionStorage.getItem("workbook-token")),
        server.token,
      );
    }));
});

describe("running", { concurrency }, () => {
  test("together: lines as they come, on the replay's own chart, which is then a replay", () =>
    served(async ({ server, open, page }) => {
      server.holdsAfter = 1;
      await open("01-print");
      await runButton(page).click();
      await box(page).getByText("Second").first().waitFor();
      assert.equal(server.together, true);
      assert.deepEqual(await printed(page, "sync"), [], "no line before its time");
      assert.equal(await box(page).locator("[role=log]").count(), 2);
      const now = () =>
        box(page)
          .locator(".group")
          .first()
          .evaluate((group) => Number(group.style.getPropertyValue("--now")));
      const early = await now();
      await until(
        page,
        (early) =>
          document.querySelector(".run-box .group").style.getPropertyValue("--now") > early,
        early,
      );
      server.goOn();
      await box(page).locator(".group p span").getByText("2.0 s").waitFor(); // while sync still runs
      await ended(page);
      for (const program of ["sync", "async"])
        assert.deepEqual(await printed(page, program), expected("01-print", program));
      assert.equal(
        await box(page).locator(".verdict").textContent(),
        "sync 3.0 s, async 2.0 s: 1.0 s less.",
      );
      const bars = (of) =>
        page
          .locator(of)
          .locator(".group .track > i")
          .evaluateAll((all) =>
            all.map((bar) =>
              [
                bar.className,
                Number(bar.style.getPropertyValue("--a")).toFixed(),
                Number(bar.style.getPropertyValue("--b")).toFixed(),
              ].join(" "),
            ),
          );
      assert.deepEqual(
        await bars(".run-box workbook-replay"),
        await bars("main > workbook-replay"),
      );
      assert.equal(
        await page.evaluate(() => document.activeElement.textContent),
        "Run again",
        "the focus stays",
      );

      await box(page)
        .locator("workbook-replay .controls")
        .getByRole("button", { name: "To the beginning" })
        .click();
      assert.equal(await box(page).locator("li:not(.to-come) samp").count(), 0);
    }));

  for (const lesson of [
    "04-coroutines",
    "05-count",
    "08-chores",
    "10-http-request",
    "11-http-requests",
    "22-echo-server",
    "23-web-api",
  ])
    test(`${lesson}: one after the other, the same lines, and the same bars as recorded`, () =>
      served(async ({ server, open, page }) => {
        server.faster = 20;
        await open(lesson);
        await box(page).getByLabel("one after the other").check();
        await runButton(page).click();
        await ended(page);
        assert.equal(server.together, false);
        for (const program of ["sync", "async"])
          assert.deepEqual(await printed(page, program), expected(lesson, program));
        const bars = (of) =>
          page
            .locator(of)
            .first()
            .locator(".group .track > i:not([hidden])")
            .evaluateAll((all) =>
              all.map((bar) =>
                [
                  bar.className,
                  Math.round(bar.style.getPropertyValue("--a")),
                  Math.round(bar.style.getPropertyValue("--b")),
                ].join(" "),
              ),
            );
        assert.deepEqual(
          await bars(".run-box workbook-replay .chart"),
          await bars("main > workbook-replay .chart"),
        );
        assert.ok((await bars(".run-box workbook-replay .chart")).length > 4);
      }));

  test("Stop ends it; the button is the same one, and runs it again", () =>
    served(async ({ server, open, page }) => {
      server.holdsAfter = 1;
      await open("02-sleep");
      await runButton(page).focus();
      await page.keyboard.press("Enter");
      await box(page).locator("samp").first().waitFor();
      assert.equal(await runButton(page).textContent(), "Stop");
      await page.keyboard.press("Enter");
      await box(page).getByText("Stopped.").waitFor();
      assert.ok(server.requests.some((request) => request.endsWith("/stop")));
      assert.match(
        await box(page).locator(".screen p span").first().textContent(),
        /^stopped after/,
      );
      server.holdsAfter = Infinity;
      await page.keyboard.press("Enter");
      await ended(page);
    }));

  test("Stop is heard even before the server has said that it began", () =>
    served(async ({ server, open, page }) => {
      server.holdsAfter = 1;
      await open("02-sleep");
      await box(page).waitFor();
      await page.route("**/api/jobs", async (route) => {
        await page.evaluate(() => document.querySelector(".run-box .play").click());
        await route.continue();
      });
      await runButton(page).click();
      await box(page).getByText("Stopped.").waitFor();
    }));

  test("who leaves the page stops what it runs", () =>
    served(async ({ server, open, page }) => {
      server.holdsAfter = 1;
      await open("02-sleep");
      await runButton(page).click();
      await box(page).locator("samp").first().waitFor();
      await page.goto(server.base + "index.html");
      await server.asked(/\/stop$/);
    }));

  test("arguments: the lesson's own unless they are changed; words in quotes stay together", () =>
    served(async ({ server, open, page }) => {
      server.faster = 20;
      await open("11-http-requests");
      const field = box(page).getByLabel("Arguments");
      assert.equal(await field.inputValue(), "pages.txt {server}");
      assert.ok(
        await box(page).getByLabel("one after the other").isChecked(),
        "in real time they run in turn",
      );
      await runButton(page).click();
      await ended(page);
      assert.deepEqual(server.words, {});
      await field.fill(`my.txt  "two words" 'and three more' 3`);
      await runButton(page).click();
      await until(
        page,
        () => document.querySelector(".run-box").dataset.state === "ready",
      );
      const words = ["my.txt", "two words", "and three more", "3"];
      assert.deepEqual(server.words, { sync: words, async: words });

      // Programs that get different ones have a field each.
      const workers = box(page, 1).getByLabel("Arguments of async_workers");
      assert.equal(
        await box(page, 1).getByLabel("Arguments of async", { exact: true }).inputValue(),
        "pages.txt {server}",
      );
      assert.equal(await workers.inputValue(), "pages.txt {server} 3");
      await workers.fill("pages.txt {server} 1");
      await runButton(page, 1).click();
      await ended(page, 1);
      assert.deepEqual(server.words, { async_workers: ["pages.txt", "{server}", "1"] });
      await open("01-print");
      assert.equal(await box(page).getByLabel("Arguments").count(), 0);
    }));

  test("a program that prints forever does not drown the page", () =>
    served(async ({ server, open, page }) => {
      server.faster = 20;
      await open("11-http-requests");
      await box(page).getByLabel("Arguments").fill("flood");
      await runButton(page).click();
      await box(page).getByText("The page shows the first 1000 lines").first().waitFor();
      await until(
        page,
        () => document.querySelector(".run-box").dataset.state === "ready",
      );
      assert.equal((await printed(page, "sync")).length, 1000);
    }));

  test("a build that fails says so, in the compiler's words", () =>
    served(async ({ server, open, page }) => {
      server.failure = "lessons/01-print could not be built:\nsync.cpp:3:1: error";
      await open("01-print");
      await runButton(page).click();
      await box(page).getByText("sync.cpp:3:1: error").waitFor();
      assert.equal(await runButton(page).textContent(), "Run again");
    }));
});

describe("the exercise", { concurrency }, () => {
  test("a text area, which becomes an editor when the reader begins; saved; kept over a reload", () =>
    served(async ({ server, open, page }) => {
      let loaded = 0;
      page.on("request", (request) => (loaded += request.url().endsWith("editor.js")));
      page.on("dialog", (dialog) => dialog.accept());
      await open("01-print");
      await page.locator("textarea#my-file").waitFor();
      await state(page, "starter");
      assert.equal(
        await page.locator("textarea#my-file").inputValue(),
        read("lessons/01-print/exercise.cpp"),
      );
      assert.equal(loaded, 0, "nothing of the editor before it is wanted");
      assert.ok(!(await page.locator(".work > .program").isVisible()));

      await page.locator("textarea#my-file").focus();
      await page.locator(".cm-content").waitFor();
      assert.ok(
        await page.locator(".cm-content").evaluate((node) => node === document.activeElement),
      );
      await page.keyboard.type("// mine /");
      await state(page, "unsaved");
      await page.keyboard.press("Control+s");
      await state(page, "saved");
      const saved = "// mine /" + read("lessons/01-print/exercise.cpp");
      assert.equal(fs.readFileSync(server.file("01-print"), "utf8"), saved);

      await page.keyboard.type("and more ");
      await state(page, "unsaved");
      await page.reload();
      await state(page, "unsaved");
      assert.equal(
        await page.locator("textarea#my-file").inputValue(),
        saved.replace("mine /", "mine /and more "),
      );
      assert.equal(
        fs.readFileSync(server.file("01-print"), "utf8"),
        saved,
        "nothing is saved unasked",
      );

      // With the keyboard alone in, and out again.
      await page.locator("textarea#my-file").focus();
      await page.locator(".cm-content").waitFor();
      await page.keyboard.press("Tab");
      assert.match(await text(page), /^ {2}/, "Tab indents");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate(() => document.activeElement.textContent), "Check");
    }));

  test("without the editor's bundle the text area does", () =>
    served(
      async ({ server, open, page }) => {
        server.editor = undefined;
        let asked = 0;
        page.on("request", (request) => (asked += request.url().endsWith("editor.js")));
        const complaints = [];
        page.on("console", (message) => complaints.push(message.text()));
        page.on("pageerror", (error) => complaints.push(error.message));
        await open("01-print");
        const missing = page.waitForResponse(/editor\.js$/);
        await page.locator("textarea#my-file").fill("int main() {}\n");
        await missing;
        await button(page, "Save").focus();
        await page.locator("textarea#my-file").focus();
        await page.keyboard.press("Control+Enter");
        await judgement(page).getByText("Not yet.").waitFor();
        assert.equal(asked, 1);
        assert.ok(complaints.length <= 1, complaints.join());
        assert.equal(fs.readFileSync(server.file("01-print"), "utf8"), "int main() {}\n");
        assert.equal(await page.locator(".cm-editor").count(), 0);
      },
      { wanted: [/editor\.js|404/] },
    ));

  test("check: does not compile, wrong, right; hints as on the command line", () =>
    served(async ({ open, page }) => {
      await open("01-print");
      await write(page, "int main() {}\n#error here\n");
      await button(page, "Check").click();
      await judgement(page).getByText("Not yet.").waitFor();
      assert.match(
        await judgement(page).textContent(),
        /It does not compile\./,
        "also for the ear",
      );
      await page.getByRole("button", { name: "Line 2" }).click();
      await page.keyboard.type("X");
      assert.equal(await text(page), "int main() {}\nX#error here\n");

      await write(page, "int main() {}\n");
      await page.keyboard.press("Control+Enter");
      await page.locator(".said").getByText("your waits did not overlap").waitFor();
      assert.ok(await page.locator(".solved").isHidden());

      assert.equal(await page.locator(".aids > .hint:visible").count(), 0);
      await button(page, "Next hint").click();
      await page.locator(".hints-given pre").waitFor();
      assert.match(
        await page.locator(".hints-given").textContent(),
        /^Hint 1 of 3 for 01-print\nA hint .* not one more\.$/,
      );

      await write(page, read("solutions/01-print/exercise.cpp"));
      await button(page, "Check").click();
      await judgement(page).getByText("Right.").waitFor();
      assert.ok(await page.locator(".solved").isVisible());
    }));

  test("a check can be stopped", () =>
    served(async ({ server, open, page }) => {
      server.faster = 0.001;
      await open("01-print");
      await button(page, "Check").click();
      await button(page, "Stop").click();
      await judgement(page).getByText("Stopped.").waitFor();
      assert.ok(await button(page, "Check").isVisible());
    }));

  test("two tabs: the second one to save is asked, and whatever it chooses, nothing is lost", () =>
    served(
      async ({ server, open, page, context }) => {
        await open("01-print");
        const other = await open("01-print", { tab: await context.newPage() });
        await page.bringToFront();
        await write(page, "// one\n");
        await other.bringToFront();
        await write(other, "// two\n");
        await page.bringToFront();
        await button(page, "Save").click();
        await state(page, "saved");

        await other.bringToFront();
        await other.evaluate(() => dispatchEvent(new Event("focus")));
        await other.locator(".conflict").getByText("was changed elsewhere").waitFor();
        await button(other, "Check").click();
        assert.equal(await other.locator(".conflict pre").textContent(), "// one\n");
        assert.equal(await text(other), "// two\n");
        assert.equal(
          fs.readFileSync(server.file("01-print"), "utf8"),
          "// one\n",
          "nothing is written over",
        );
        await button(other, "Take the file’s").click();
        assert.equal(await text(other), "// one\n");
        await state(other, "saved");
        await other.locator(".put-aside summary").click();
        assert.equal(await other.locator(".put-aside pre").textContent(), "// two\n");
        await button(other, "Put it into the editor").click();
        assert.equal(await text(other), "// two\n");
        await button(other, "Save").click();
        await state(other, "saved");
        assert.equal(fs.readFileSync(server.file("01-print"), "utf8"), "// two\n");

        await page.bringToFront();
        await page.evaluate(() => dispatchEvent(new Event("focus")));
        await until(page, () =>
          document.querySelector(".cm-content").textContent.includes("two"),
        );
      },
      { wanted: refused },
    ));

  test("changed in an editor in the meantime: shown if the page had nothing new, else both, and mine can be kept", () =>
    served(
      async ({ server, open, page }) => {
        await open("01-print");
        await write(page, "// mine\n");
        await button(page, "Save").click();
        await state(page, "saved");
        fs.writeFileSync(server.file("01-print"), "// outside\n");
        await button(page, "Check").click();
        await judgement(page).getByText("Not yet.").waitFor();
        assert.equal(await text(page), "// outside\n", "what is checked is what is shown");

        await write(page, "// mine again\n");
        fs.writeFileSync(server.file("01-print"), "// outside again\n");
        await button(page, "Save").click();
        await page.locator(".conflict").waitFor();
        assert.ok(
          await page.locator(".conflict").evaluate((node) => node === document.activeElement),
        );
        await page.keyboard.press("Tab");
        await page.keyboard.press("Tab");
        await page.keyboard.press("Enter"); // keep mine
        await state(page, "saved");
        assert.equal(fs.readFileSync(server.file("01-print"), "utf8"), "// mine again\n");
        assert.equal(await page.locator(".put-aside pre").textContent(), "// outside again\n");
        assert.ok(await page.locator(".conflict").isHidden());
      },
      { wanted: refused },
    ));
});

describe("the server goes away", { concurrency }, () => {
  test("and comes back: the page says so, keeps the text, and goes on", () =>
    served(
      async ({ server, open, page }) => {
        await open("01-print");
        await write(page, "// mine\n");
        server.holdsAfter = 1;
        await runButton(page).click();
        await box(page).locator(".screen").first().waitFor();
        const { token, port } = server;
        await server.stop();
        await page.locator(".server-bar").getByText("does not answer").waitFor();
        const said = await page.locator(".server-bar").textContent();
        assert.ok(said.includes(`./workbook serve --port ${port} runs`), said);
        assert.ok(said.includes("copy your text"), said);
        await box(page).getByText("The run was cut off").waitFor();
        await button(page, "Check").click();
        await judgement(page).getByText("does not answer").waitFor();
        assert.equal(await text(page), "// mine\n");

        await server.start(port);
        server.token = token;
        await page.locator(".server-bar").getByText("is back").waitFor();
        await button(page, "Save").click();
        await state(page, "saved");
        assert.equal(fs.readFileSync(server.file("01-print"), "utf8"), "// mine\n");
      },
      { wanted: gone },
    ));

  test("and comes back with another token: its address, opened in another tab, mends this one", () =>
    served(
      async ({ server, open, page, context }) => {
        await open("01-print");
        await write(page, "// mine\n");
        const { port } = server;
        await server.stop();
        await server.start(port);
        await button(page, "Save").click();
        await page.locator(".server-bar").getByText("was restarted").waitFor();
        await state(page, "unsaved");
        const other = await context.newPage();
        await other.goto(server.address);
        await page.locator(".server-bar").getByText("is back").waitFor();
        await button(page, "Save").click();
        await state(page, "saved");
      },
      { wanted: gone },
    ));
});

describe("for everybody", { concurrency }, () => {
  for (const width of [1280, 390])
    test(`${width} px, light and dark: axe finds nothing, the page does not scroll sideways`, () =>
      served(
        async ({ server, open, page }) => {
          const look = async (when) => {
            const found = [];
            const putBack = await thinListings(page);
            for (const [colorScheme, rules] of [
              ["dark", contrastOnly],
              ["light", everyRule],
            ]) {
              await page.emulateMedia({ colorScheme });
              for (const fault of await violations(page, rules)) found.push(`${colorScheme}: ${fault}`);
            }
            await putBack();
            const wide = await page.evaluate(
              () => document.documentElement.scrollWidth - innerWidth,
            );
            if (wide > 0) found.push(`${wide} px too wide`);
            assert.deepEqual(found, [], when);
          };
          await open("01-print");
          await page.locator("textarea#my-file").waitFor();
          await look("as it opens");
          server.holdsAfter = 1;
          await runButton(page).click();
          await box(page).locator("samp").first().waitFor();
          await look("while it runs");
          await runButton(page).click();
          await box(page).getByText("Stopped.").waitFor();
          await look("stopped");
          server.holdsAfter = Infinity;
          await runButton(page).click();
          await ended(page);
          await write(page, "int main() {} // " + "long ".repeat(60) + "\n#error\n");
          await button(page, "Check").click();
          await judgement(page).getByText("Not yet.").waitFor();
          await button(page, "Next hint").click();
          await page.locator(".hints-given pre").waitFor();
          await look("checked");
          await page.keyboard.press("Tab");
          await write(page, "// mine\n");
          fs.writeFileSync(server.file("01-print"), "// outside\n");
          await button(page, "Save").click();
          await page.locator(".conflict").waitFor();
          await look("changed elsewhere");
          await button(page, "Take the file’s").click();
          await page.locator(".put-aside summary").click();
          await server.stop();
          await button(page, "Check").click();
          await page.locator(".server-bar").getByText("does not answer").waitFor();
          await look("the server is away");
          await server.start();
        },
        {
          wanted: [...refused, ...gone],
          viewport: { width, height: 900 },
          reducedMotion: "reduce",
        },
      ));
});
