// The pages and ./workbook serve itself, once through: run, stop, check wrong and right, a file changed
// outside, the server killed and started again. (live.test.js has all the rest, against a stand-in.)
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { after, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { launch, read, root, visit } from "./browser.js";

const build = path.join(root, "build/dev");
const command = path.join(build, "workbook");
const mine = path.join(root, "my");
const skip = !fs.existsSync(command)
  ? "./workbook has not been built"
  : fs.existsSync(mine) && fs.readdirSync(mine).length > 0 && "my/ holds a learner's work, which this would touch";

// The reader's progress is the reader's.
const state = fs.mkdtempSync(path.join(os.tmpdir(), "workbook-state-"));
after(() => fs.rmSync(state, { recursive: true }));

async function start(...options) {
  const server = spawn(command, ["serve", ...options], {
    env: {
      ...process.env,
      WORKBOOK_CHECKOUT: root,
      WORKBOOK_BUILD: build,
      XDG_STATE_HOME: state,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = await once(server.stdout, "data");
  const [address] = /http:\S+/.exec(said);
  return { server, address, base: address.split("#")[0] };
}
async function end({ server }, signal) {
  const exit = once(server, "exit");
  server.kill(signal);
  await exit;
}

test("the first lesson, with ./workbook serve", { skip }, async () => {
  const browser = await launch();
  let workbook = await start();
  try {
    const { page, faults, context } = await visit(browser, workbook.base);
    page.setDefaultTimeout(180_000); // it builds what it runs
    await page.goto(workbook.address);
    await page.locator(".cards a").first().click();
    const box = page.locator(".run-box").first();
    const run = box.locator(".controls > .play").first();
    const programs = ["sync", "async"];
    const printed = async () => {
      await run.click();
      await box.locator(".screen p span").filter({ hasText: "runs" }).first().waitFor();
      await box.locator("workbook-replay").waitFor();
      const screens = programs.map((program) => box.locator(`.screen[data-program=${program}] samp`));
      const lines = await Promise.all(screens.map((screen) => screen.allTextContents()));
      return lines.map((each) => each.join("\n") + "\n");
    };
    // It is real time, beside another browser: a run that this made a tenth longer is repeated.
    const expected = programs.map((program) => read("lessons/01-print", `${program}.expected`));
    let outputs = await printed();
    for (let more = 2; more > 0 && !isDeepStrictEqual(outputs, expected); --more) outputs = await printed();
    assert.deepEqual(outputs, expected);
    await run.click();
    await box.locator(".screen p span").filter({ hasText: "runs" }).first().waitFor();
    await run.click();
    await box.getByText("Stopped.").waitFor();

    const button = (name) => page.locator(".exercise").getByRole("button", { name });
    const verdict = (which) => page.locator(`.judgement[data-verdict=${which}]`).waitFor();
    const file = path.join(mine, "01-print.cpp");
    const write = async (text) => {
      await page.locator("#my-file").click();
      await page.locator(".cm-content").focus();
      await page.keyboard.press("Control+a");
      await page.keyboard.insertText(text);
    };
    await button("Check").click();
    await verdict("wrong");
    assert.match(await page.locator(".said").textContent(), /The thread slept for 9\.0s/);
    await write("int main() { return x; }\n");
    await button("Check").click();
    await page.getByRole("button", { name: "Line 1" }).waitFor();
    await button("Next hint").click();
    await page.locator(".hints-given").getByText("Hint 1 of 3").waitFor();
    await write(read("solutions/01-print/exercise.cpp"));
    await button("Check").click();
    await verdict("right");
    assert.ok(await page.locator(".solved").isVisible());
    assert.equal(fs.readFileSync(file, "utf8"), read("solutions/01-print/exercise.cpp"));
    assert.deepEqual(faults, []);

    fs.writeFileSync(file, "// outside\n");
    await write("// mine\n");
    await button("Save").click();
    await page.locator(".conflict pre").getByText("// outside").waitFor();
    assert.equal(fs.readFileSync(file, "utf8"), "// outside\n");

    await end(workbook, "SIGKILL");
    await button("Keep mine").click();
    await page.locator(".server-bar").getByText("does not answer").waitFor();
    workbook = await start("--as-built", "--port", new URL(workbook.base).port);
    await page.locator(".server-bar").getByText("was restarted").waitFor();
    await (await context.newPage()).goto(workbook.address);
    await page.locator(".server-bar").getByText("is back").waitFor();
    await button("Keep mine").click();
    await page.locator(".file-state[data-state=saved]").waitFor();
    assert.equal(fs.readFileSync(file, "utf8"), "// mine\n");
  } finally {
    await browser.close();
    if (workbook.server.exitCode === null && !workbook.server.signalCode) await end(workbook, "SIGINT");
    fs.rmSync(mine, { recursive: true, force: true });
  }
});
