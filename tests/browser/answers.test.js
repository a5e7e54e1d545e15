// Every kept answer, as a page checks it: compiled by the page's own clang, run as a module, judged by the judge as a
// module. Its verdict must be the one that exercise.json names, and word for word, with its remarks, the one that the judge
// gives of the same answer in a process, which a native build by clang has compiled. Of compile errors the kind and the
// line must be the same: the words are those of two versions of clang.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { Compiler } from "../../tools/browser/host/compiler.js";
import { Judge } from "../../tools/browser/host/judge.js";
import { OTHERWISE, UNCHECKED } from "./exceptions.js";
import { compilerSays, nativeProgram, runNative } from "./native.js";
import { runModule } from "./run_module.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const kitFolder = process.env.WORKBOOK_KIT;
const read = (path) => readFileSync(path, "utf8");
const bytes = (name) => readFileSync(join(kitFolder, "kit", name));

const compiler = new Compiler(
  await WebAssembly.compile(readFileSync(join(kitFolder, "llvm.core.wasm"))),
  JSON.parse(read(join(kitFolder, "kit/kit.json"))),
  { headers: bytes("headers.tar"), libraries: bytes("libraries.tar"), precompiled: bytes("precompiled.pch") },
);
const judge = new Judge(await WebAssembly.compile(bytes("judge.wasm")));

// The headers of lessons that a source includes, and those that these include.
function withHeaders(path, text, files = {}) {
  files[path] = text;
  for (const [, name] of text.matchAll(/^#include "([^"]+)"/gm)) {
    const header = join(dirname(path), name);
    if (!(header in files)) withHeaders(header, read(join(root, header)), files);
  }
  return files;
}

// The verdicts on an answer to the exercise of a lesson: in the page, and on the command line. `name` is that of a native
// program (native.js), `path` its source.
async function check(lesson, name, path) {
  const folder = `lessons/${lesson}`;
  const file = `${folder}/exercise.cpp`; // where its headers are beside it
  const source = read(path);
  const run = existsSync(join(root, folder, "run.json")) ? JSON.parse(read(join(root, folder, "run.json"))) : {};
  const { said, module } = compiler.compile(withHeaders(file, source), file, { asio: run.asio ?? true });
  const answer = {
    exercise: read(join(root, folder, "exercise.json")),
    expected: read(join(root, folder, "exercise.expected")),
    replay: read(join(root, folder, "replay.json")),
    source,
    built: module !== null,
  };
  const inPage = { ...answer, file: `/${file}`, said };
  const native = { ...answer, file: path, said: await compilerSays(path) };
  if (module) {
    inPage.run = await runModule(module);
    native.run = await runNative(nativeProgram(lesson, name));
  }
  return { inPage: judge.judge(inPage), native: judge.judge(native) };
}

// What both hosts must say alike: of a compile error or a warning its line (the words are those of two versions of clang).
// Only a process records exceptions, so only there are they named; the words of one are its library's. And a program that
// polls may wake once or twice more in one of them.
function comparable({ passed, sentence: said, details, remarks, rule }) {
  const sentence = said
    .replace(/ (The last exception was|These exceptions were) thrown.*?: .*?\.(?= |$)/, "")
    .replace("bad optional access", "bad_optional_access")
    .replace(/(?<=woke up about )\d+(?= times)/, "many");
  const lines = remarks.map((remark) => /^The compiler warned: line \d+/.exec(remark)?.[0] ?? remark);
  if (!sentence.startsWith("It does not compile")) return { passed, sentence, details, remarks: lines, rule };
  return { passed, line: /Line \d+/.exec(sentence)?.[0], details };
}

// (tests/browser/run starts a process for each core, and gives each its share.)
const [share, shares] = (process.env.SHARE ?? "0/1").split("/").map(Number);
const refused = JSON.parse(read(join(root, "tools/browser/refused.json")));
const lessons = (process.env.LESSONS?.split(" ") ?? readdirSync(join(root, "tests/answers")))
  .filter((lesson) => !refused[lesson]?.exercise)
  .sort();
for (const lesson of lessons.filter((_, i) => i % shares === share)) {
  describe(lesson, () => {
    const exercise = JSON.parse(read(join(root, "lessons", lesson, "exercise.json")));
    const folder = join(root, "tests/answers", lesson);
    const answers = [
      ["exercise", join(root, "lessons", lesson, "exercise.cpp"), exercise.starter_fails],
      ["solution", join(root, "solutions", lesson, "exercise.cpp")],
      ...readdirSync(folder).map((file) => {
        const name = file.replace(".cpp", "");
        return [`answer.${name}`, join(folder, file), exercise.wrong[name]];
      }),
    ];
    for (const [name, path, sentences] of answers) {
      test(name, async () => {
        const { inPage, native } = await check(lesson, name, path);
        const title = `${lesson} ${name}`;
        const unchecked = UNCHECKED[title];
        if (unchecked) {
          assert.match(inPage.sentence, unchecked.says, unchecked.because);
          return;
        }
        if (sentences === undefined) {
          assert.equal(inPage.passed, true, `${relative(root, path)} is right, but gets: ${inPage.sentence}`);
        } else {
          assert.equal(inPage.passed, false);
          assert.ok(native.sentence.startsWith(sentences), `“${native.sentence}” does not begin with “${sentences}”`);
        }
        if (!(title in OTHERWISE)) assert.deepEqual(comparable(inPage), comparable(native));
      });
    }
  });
}
