// Each program, solution and answer in simulated time, in both hosts: a process with the preloaded clock, and a module
// with the clock linked into it. They must print the same, at the same times, and end in the same way.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { describe, test } from "node:test";

import { EXCEPTIONS } from "./exceptions.js";
import { nativeProgram, runNative } from "./native.js";
import { runModule } from "./run_module.js";

const modules = join(process.env.WORKBOOK_KIT, "modules");

// ---- What is compared --------------------------------------------------------------------------

// When each line was there, in milliseconds: a look at the clock takes 100 ns, and the two hosts look a different number
// of times.
function events(run) {
  const moments = [];
  let slept = 0;
  let how = "";
  let end = 0;
  for (const line of run.record.split("\n").filter(Boolean)) {
    const [time, what, ...rest] = line.split(" ");
    end = Math.round(time / 1e6);
    if (what === "at") moments.push([end, ...rest.map(Number)]);
    else if (what === "slept" || what === "held") slept += Number(rest[0]);
    else if (["moved", "thread", "threw"].includes(what)) continue; // of the clock itself, or of a process
    else how = [what, ...rest].join(" ");
  }
  const lines = (text, field) => {
    const printed = [];
    let size = 0;
    for (const line of text.split("\n").slice(0, -1)) {
      size += Buffer.byteLength(line) + 1;
      printed.push(`${moments.find((moment) => moment[field] >= size)?.[0] ?? end} ms: ${line}`);
    }
    return printed;
  };
  return {
    output: lines(run.output, 1),
    errors: lines(run.errors, 2),
    end: `${how || "a crash"} after ${end} ms`,
    slept: `${Math.round(slept / 1e6)} ms`,
  };
}

// ---- Everything there is -----------------------------------------------------------------------

const found = (await readdir(modules)).filter((file) => file.endsWith(".wasm")).sort();
const lessons = new Map();
for (const file of found) {
  const lesson = file.slice(0, file.indexOf("."));
  lessons.set(lesson, [...(lessons.get(lesson) ?? []), file]);
}

describe("the same record in both hosts", { concurrency: 2 }, () => {
  for (const [lesson, files] of lessons) {
    for (const file of files) {
      const name = basename(file, ".wasm").slice(lesson.length + 1);
      const title = `${lesson} ${name}`;
      test(title, async () => {
        const [native, module] = await Promise.all([
          runNative(nativeProgram(lesson, name)),
          readFile(join(modules, file)).then(runModule),
        ]);
        const expected = EXCEPTIONS[title];
        if (expected) {
          assert.match(events(module).end, expected.ends, expected.because);
        } else {
          assert.deepEqual(events(module), events(native));
        }
      });
    }
  }
});

test("no exception is listed that is none", () => {
  const titles = [...lessons].flatMap(([lesson, files]) =>
    files.map((file) => `${lesson} ${basename(file, ".wasm").slice(lesson.length + 1)}`),
  );
  assert.deepEqual(Object.keys(EXCEPTIONS).filter((title) => !titles.includes(title)), []);
});
