// Each program, solution and answer in simulated time, in both hosts: a process with the preloaded clock, and a module
// with the clock linked into it. They must print the same, at the same times, and end in the same way.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, describe, test } from "node:test";

import { EXCEPTIONS } from "./exceptions.js";
import { runModule } from "./run_module.js";

const build = process.env.WORKBOOK_BUILD;
const modules = join(process.env.WORKBOOK_KIT, "modules");
const clock = join(build, "tools/clock/libvirtual_time.so");

const SECONDS = 5; // a program that computes for longer does not end

// ---- One run in each host ----------------------------------------------------------------------

let folder;
before(async () => (folder = await mkdtemp(join(tmpdir(), "records-"))));
after(() => rm(folder, { recursive: true }));

async function runNative(program, name) {
  const record = join(folder, name);
  const [output, errors] = [join(folder, `${name}.out`), join(folder, `${name}.err`)];
  // (Not in bash's own environment: the clock refuses the start of another program.)
  const script = 'ulimit -c 0 -t "$4" -f 4096; exec env LD_PRELOAD="$5" VIRTUAL_TIME_TRACE="$6" "$1" >"$2" 2>"$3"';
  const status = await new Promise((resolve) => {
    const words = ["-c", script, "run", program, output, errors, SECONDS, clock, record];
    execFile("bash", words, { timeout: 60_000 }, (error) => resolve(error ? (error.code ?? error.signal) : 0));
  });
  const text = async (path) => readFile(path, "utf8").catch(() => "");
  return { output: await text(output), errors: await text(errors), record: await text(record), status };
}

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
    else if (what === "slept") slept += Number(rest[0]);
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

function nativeProgram(lesson, name) {
  if (name === "solution") return join(build, "solutions", lesson, "exercise");
  if (name.startsWith("answer.")) return join(build, "tests/answers", lesson, name.slice(7));
  return join(build, "lessons", lesson, name);
}

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
          runNative(nativeProgram(lesson, name), file),
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
