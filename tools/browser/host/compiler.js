// The compiler as a page has it: clang and lld over files in memory, with the header that was compiled beforehand. What
// to look for: a program's own functions are all that is compiled; the rest is in objects that are linked to it.
import { FileTree } from "./file_tree.js";
import { CRASHED, runTool } from "./tool.js";

// This clang crashes on a coroutine that tries something again in a loop: in the functions that destroy it while it is
// suspended (llvm/llvm-project#208409). They have the loop, too, though it is never reached from there.
const LOOP_IN_DESTROY = /Explicit branch to an EH pad/;

/** The same program, in which the optimizer may go over these functions, and only over them: it removes the loop. */
function withoutLoops(assembly) {
  const groups = new Map([...assembly.matchAll(/^attributes (#\d+) = \{(.*)\}$/gm)].map(([, name, words]) => [name, words]));
  const added = [...groups].map(([name, words]) => `attributes ${name}00000 = {${words.replace(/ (noinline|optnone)\b/g, "")}}\n`);
  const ends = /^(define .*\.(?:destroy|cleanup)\(.*\) #\d+)( .*\{)$/gm;
  return assembly.replace(ends, (all, begin, end) => `${begin}00000${end}`) + added.join("");
}

/** A compiler that makes modules from sources, with the files that `precompile.js` has made. */
export class Compiler {
  #llvm;
  #kit;
  #tree = new FileTree();

  /**
   * @param {WebAssembly.Module} llvm
   * @param {object} kit The command lines: kit.json.
   * @param {{headers: ArrayBuffer, libraries: ArrayBuffer, precompiled: Uint8Array}} parts headers.tar, libraries.tar,
   *   and the precompiled header.
   */
  constructor(llvm, kit, { headers, libraries, precompiled }) {
    this.#llvm = llvm;
    this.#kit = kit;
    this.#tree.unpack(headers);
    this.#tree.unpack(libraries);
    this.#tree.put(kit.withAsio.precompiled, precompiled);
  }

  /**
   * Compiles and links one program.
   *
   * @param {Object<string, string>} files What it consists of, by path: the headers of lessons that it includes, too.
   * @param {string} source The one to compile.
   * @param {{asio?: boolean}} options Without Asio, a program may use its names.
   * @returns {{said: string, module: Uint8Array | null, crashed: boolean, memory: number}} `said` is what clang said,
   *   warnings included; without a module there is an error in it, or how the compiler itself has crashed.
   */
  compile(files, source, { asio = true } = {}) {
    for (const [path, text] of Object.entries(files)) this.#tree.put(path, new TextEncoder().encode(text));
    const { precompiled, precompile, link } = asio ? this.#kit.withAsio : this.#kit.withoutAsio;
    const fill = (word) => word.replaceAll("{source}", source).replaceAll("{header}", precompiled);
    // (The header without Asio is not fetched: the page makes it when it first needs it.)
    let compiled = this.#tree.files.has(precompiled) ? { status: 0 } : runTool(this.#llvm, precompile, this.#tree);
    if (compiled.status === 0) compiled = this.#compiled(this.#kit.compile.map(fill));
    let linked;
    if (compiled.status === 0) linked = runTool(this.#llvm, link, this.#tree);
    const module = linked?.status === 0 ? this.#tree.read(this.#kit.module).slice() : null;
    const made = [this.#kit.assembly, this.#kit.object, this.#kit.module];
    for (const path of [...Object.keys(files), ...made]) this.#tree.remove(path);
    return {
      said: compiled.said + (linked?.said ?? ""),
      module,
      crashed: [compiled, linked].some((run) => run?.status === CRASHED),
      memory: Math.max(compiled.memory, linked?.memory ?? 0),
    };
  }

  #compiled(words) {
    const run = (words) => runTool(this.#llvm, words, this.#tree);
    const first = run(words);
    if (first.status !== CRASHED || !LOOP_IN_DESTROY.test(first.said)) return first;
    const { assembly, object, assemble } = this.#kit;
    const parsed = run(words.map((word) => (word === "-emit-obj" ? "-emit-llvm" : word)));
    const text = new TextDecoder().decode(this.#tree.read(object));
    this.#tree.put(assembly, new TextEncoder().encode(withoutLoops(text)));
    const assembled = run(assemble);
    return { ...assembled, said: parsed.said + assembled.said, memory: Math.max(parsed.memory, assembled.memory) };
  }
}
