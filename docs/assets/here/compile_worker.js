// The compiler and the judge, in a worker: both take their time, and the page goes on.
import { Compiler } from "./host/compiler.js";
import { Judge } from "./host/judge.js";
import { Kit } from "./store.js";

let compiler;
let judge;

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
  compile: ({ files, source, asio }) => compiler.compile(files, source, { asio }),
  judge: (answer) => judge.judge(answer),
  describe: (run) => judge.describe(run),
  hints: (asked) => judge.hints(asked),
};

self.onmessage = async ({ data: { number, action, told } }) => {
  try {
    const answer = await actions[action](told);
    self.postMessage({ number, answer });
  } catch (error) {
    self.postMessage({ number, fault: { message: error.message, memory: error instanceof RangeError || /memory/i.test(error.message) } });
  }
};
