// Programs of a native build, run in simulated time by the preloaded clock.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";

import { OUTPUT_LIMIT, RECORD_LIMIT } from "../../tools/browser/host/program.js";
import { SECONDS } from "../../tools/browser/host/program_run.js";

const build = process.env.WORKBOOK_BUILD;
const clock = join(build, "tools/clock/libvirtual_time.so");

const BLOCKS = RECORD_LIMIT / 1024;

const FLOOD = { end: "flood", limit: OUTPUT_LIMIT };

// Exit statuses of a shell for what a signal has ended, by what a module does instead.
const ENDS = new Map([
  [128 + 4, { end: "trap", trap: "unreachable" }], // SIGILL
  [128 + 8, { end: "trap", trap: "divide by zero" }], // SIGFPE
  [128 + 11, { end: "trap", trap: "memory access out of bounds" }], // SIGSEGV
  [128 + 24, { end: "computing", limit: SECONDS }], // SIGXCPU
  [128 + 25, FLOOD], // SIGXFSZ
]);

/** Where a build folder has the program, "solution" or "answer.NAME" of a lesson. */
export function nativeProgram(lesson, name) {
  if (name === "solution") return join(build, "solutions", lesson, "exercise");
  if (name.startsWith("answer.")) return join(build, "tests/answers", lesson, name.slice("answer.".length));
  return join(build, "lessons", lesson, name);
}

/** The end of a run in a process, as runModule() has it of a module. */
export async function runNative(program) {
  const folder = await mkdtemp(join(tmpdir(), "native-"));
  try {
    const [output, errors, record] = ["output", "errors", "record"].map((name) => join(folder, name));
    // (Not in bash's own environment: the clock refuses the start of another program. At a hard limit of the processor's
    // time the program would only be killed.)
    const script = 'ulimit -c 0 -f "$7"; ulimit -S -t "$4"; exec env LD_PRELOAD="$5" VIRTUAL_TIME_TRACE="$6" "$1" >"$2" 2>"$3"';
    const words = ["-c", script, "run", program, output, errors, SECONDS, clock, record, BLOCKS];
    const status = await new Promise((resolve) => {
      const statusOf = ({ code, signal }) => code ?? 128 + constants.signals[signal];
      execFile("bash", words, { timeout: 60_000 }, (error) => resolve(error ? statusOf(error) : 0));
    });
    const text = (path) => readFile(path, "utf8").catch(() => "");
    const told = { output: await text(output), errors: await text(errors), record: await text(record) };
    const floods = told.output.length > OUTPUT_LIMIT || told.errors.length > OUTPUT_LIMIT;
    const end = floods ? FLOOD : (ENDS.get(status) ?? { end: "exit" });
    return { ...told, status, trap: "", ...end };
  } finally {
    await rm(folder, { recursive: true });
  }
}

// How the build folder compiles a source: the compiler's name and words, without those of what it writes, and its object.
const commands = new Map(
  JSON.parse(readFileSync(join(build, "compile_commands.json"), "utf8")).map(({ file, command, directory }) => {
    const words = command.split(" ");
    const object = join(directory, words[words.indexOf("-o") + 1]);
    const kept = words.filter((word, i) => word !== "-c" && word !== "-o" && words[i - 1] !== "-o");
    // (Its launchers come first.)
    const [compiler, ...rest] = kept.slice(kept.findIndex((word) => basename(word).includes("++")));
    return [file, { compiler, words: rest, directory, object }];
  }),
);

/** What the native compiler says of a source, an error or a warning. */
export async function compilerSays(file) {
  const { compiler, words, directory, object } = commands.get(file);
  const kept = await readFile(`${object}.said`, "utf8").catch(() => null);
  if (kept !== null) return kept;
  const options = { cwd: directory, env: { ...process.env, LC_ALL: "C.UTF-8" } };
  const told = await promisify(execFile)(compiler, [...words, "-fsyntax-only"], options).catch((error) => error);
  return told.stderr;
}
