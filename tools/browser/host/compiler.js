// The compiler as a page has it: clang and lld over files in memory, with the header that was compiled beforehand. What
// to look for: a program's own functions are all that is compiled; the rest is in objects that are linked to it.
import { FileTree } from "./file_tree.js";
import { runTool } from "./tool.js";

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
    this.#tree.put(kit.precompiled, precompiled);
  }

  /**
   * Compiles and links one program.
   *
   * @param {Object<string, string>} files What it consists of, by path: the headers of lessons that it includes, too.
   * @param {string} source The one to compile.
   * @param {{asio?: boolean}} options Without Asio, a program may use its names.
   * @returns {{said: string, module: Uint8Array | null, memory: number}} `said` is what clang said, warnings included;
   *   without a module there is an error in it.
   */
  compile(files, source, { asio = true } = {}) {
    for (const [path, text] of Object.entries(files)) this.#tree.put(path, new TextEncoder().encode(text));
    const kind = asio ? this.#kit.withAsio : this.#kit.withoutAsio;
    const fill = (words) => words.map((word) => word.replaceAll("{source}", source));
    const compiled = runTool(this.#llvm, fill(kind.compile), this.#tree);
    let linked;
    if (compiled.status === 0) linked = runTool(this.#llvm, fill(kind.link), this.#tree);
    const module = linked?.status === 0 ? this.#tree.read(this.#kit.module).slice() : null;
    for (const path of [...Object.keys(files), this.#kit.object, this.#kit.module]) this.#tree.remove(path);
    return {
      said: compiled.said + (linked?.said ?? ""),
      module,
      memory: Math.max(compiled.memory, linked?.memory ?? 0),
    };
  }
}
