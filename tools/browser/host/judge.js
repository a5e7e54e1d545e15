// The judge, which is the command line's, compiled: ../judge/exports.cpp says what goes in and comes out.

const NOT_THERE = 52;

export class Judge {
  #exports;

  /** @param {WebAssembly.Module} module judge.wasm */
  constructor(module) {
    const imports = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      imports[from] ??= {};
      imports[from][name] = () => NOT_THERE; // it is a function of its input, and needs no system
    }
    this.#exports = new WebAssembly.Instance(module, imports).exports;
    this.#exports._initialize();
  }

  /** The verdict on an answer. Throws if the lesson's own files are malformed. */
  judge(answer) {
    return this.#call("judge", answer);
  }

  /** A run, as its lines with their times, and how it ended. */
  describe(run) {
    return this.#call("describe", { run });
  }

  /** The hints that come next. */
  hints(asked) {
    return this.#call("hints", asked);
  }

  #call(name, asked) {
    const { memory, reserve, release } = this.#exports;
    const text = new TextEncoder().encode(`${JSON.stringify(asked)}\0`);
    const input = reserve(text.length);
    new Uint8Array(memory.buffer).set(text, input);
    const output = this.#exports[name](input);
    const bytes = new Uint8Array(memory.buffer);
    const told = JSON.parse(new TextDecoder().decode(bytes.subarray(output, bytes.indexOf(0, output))));
    release(input);
    release(output);
    if (told.fault) throw new Error(told.fault);
    return told;
  }
}
