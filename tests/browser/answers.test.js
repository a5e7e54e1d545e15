// Every kept answer, as a page checks it: compiled by the page's own clang, run as a module, judged by the judge as a
// module. Its verdict must be the one that exercise.json and `./workbook check` have; and where the native build's clock
// has recorded the same answer, the judge must say the same of both records, word for word.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { Compiler } from "../../tools/browser/host/compiler.js";
import { Judge } from "../../tools/browser/host/judge.js";
import { UNCHECKED } from "./exceptions.js";
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

/** The verdict on an answer to the exercise of a lesson, given as the text of its file. */
async function check(lesson, source) {
  const folder = `lessons/${lesson}`;
  const file = `${folder}/exercise.cpp`; // where its headers are beside it
  const run = existsSync(join(root, folder, "run.json")) ? JSON.parse(read(join(root, folder, "run.json"))) : {};
  const { said, module } = compiler.compile(withHeaders(file, source), file, { asio: run.asio ?? true });
  const answer = {
    exercise: read(join(root, folder, "exercise.json")),
    expected: read(join(root, folder, "exercise.expected")),
    replay: read(join(root, folder, "replay.json")),
    source,
    file: `/${file}`,
    said,
    built: module !== null,
  };
  if (module) answer.run = await runModule(module);
  return judge.judge(answer);
}

const lessons = readdirSync(join(root, "tests/answers")).sort();
for (const lesson of lessons) {
  describe(lesson, () => {
    const exercise = JSON.parse(read(join(root, "lessons", lesson, "exercise.json")));
    const folder = join(root, "tests/answers", lesson);
    const answers = [
      ["the starter", join(root, "lessons", lesson, "exercise.cpp"), exercise.starter_fails],
      ["the solution", join(root, "solutions", lesson, "exercise.cpp")],
      ...readdirSync(folder).map((name) => [name.replace(".cpp", ""), join(folder, name), exercise.wrong[name.replace(".cpp", "")]]),
    ];
    for (const [name, path, sentences] of answers) {
      test(name, async () => {
        const verdict = await check(lesson, read(path));
        const unchecked = UNCHECKED[`${lesson} ${name}`] ?? UNCHECKED[lesson];
        if (unchecked) {
          assert.match(verdict.sentence, unchecked.says, unchecked.because);
        } else if (sentences === undefined) {
          assert.equal(verdict.passed, true, `${relative(root, path)} is right, but gets: ${verdict.sentence}`);
        } else {
          assert.equal(verdict.passed, false);
          assert.ok(verdict.sentence.startsWith(sentences), `“${verdict.sentence}” does not begin with “${sentences}”`);
        }
      });
    }
  });
}
