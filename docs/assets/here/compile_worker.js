// The compiler and the judge, in a worker: both take their time, and the page goes on.
import { Compiler } from "./host/compiler.js";
import { Judge } from "./host/judge.js";
import { Kit } from "./store.js";

let compiler;
let judge;

class Crash extends Error {}

const OUT_OF_MEMORY = /memory|bad_alloc/i; // as engines and LLVM say it

const actions = {
  /** Unpacks everything that has been fetched. */
  async begin({ index, unkept }) {
    const kit = new Kit(index, unkept);
    const [llvm, judgeModule, headers, libraries, precompiled] = await Promise.all([
      kit.module("llvm.core.wasm"),
      kit.module("judge.wasm"),
      kit.file("headers.tar"),
      kit.file("libraries.tar"),
      kit.file("precompiled.pch"),
    ]);
    compiler = new Compiler(llvm, kit.index.kit, { headers, libraries, precompiled: new Uint8Array(precompiled) });
    judge = new Judge(judgeModule);
  },
  compile({ files, source, asio }) {
    const compiled = compiler.compile(files, source, { asio });
    if (compiled.crashed) throw new Crash(compiled.said);
    return compiled;
  },
  judge: (answer) => judge.judge(answer),
  describe: (run) => judge.describe(run),
  hints: (asked) => judge.hints(asked),
};

self.onmessage = async ({ data: { number, action, told } }) => {
  try {
    const answer = await actions[action](told);
    self.postMessage({ number, answer });
  } catch (error) {
    const kind = OUT_OF_MEMORY.test(error.message) ? "memory" : error instanceof Crash ? "crash" : "";
    self.postMessage({ number, fault: { message: error.message, kind } });
  }
};
