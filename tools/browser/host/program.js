// Runs a compiled program: the part of WASI (preview 1) that its runtime asks for. What to look for: there are three
// files, of which the program knows two (1 and 2, what it prints), while the simulated clock that is linked into it
// (../world) writes the third, its record. The same file serves in a page's worker and in Node.

const BAD_DESCRIPTOR = 8;
const TOO_LARGE = 22;
const NOT_PERMITTED = 63;
const IS_PIPE = 29;
const REGULAR_FILE = 4;

export const OUTPUT_LIMIT = 1 << 20;  // bytes, of what it prints
export const RECORD_LIMIT = 16 << 20;  // bytes, as on the command line: a line for each wait

class OutputFile {
  constructor() {
    this.bytes = new Uint8Array(4096);
    this.size = 0;
  }

  append(part) {
    if (this.size + part.length > this.bytes.length) {
      const larger = new Uint8Array(2 * (this.size + part.length));
      larger.set(this.bytes.subarray(0, this.size));
      this.bytes = larger;
    }
    this.bytes.set(part, this.size);
    this.size += part.length;
  }

  get text() {
    return new TextDecoder().decode(this.bytes.subarray(0, this.size));
  }
}

/**
 * Runs a program to its end. (One that computes without end is ended from outside, with its worker.)
 *
 * @param {WebAssembly.Module} module
 * @param {{onWrite?: (name: "output" | "errors" | "record", text: string) => void}} options `onWrite` gets each
 *   piece when it is written; a record of which the end was taken back comes as a whole, under "record".
 * @returns {{output: string, errors: string, record: string, status: number, end: "exit" | "trap" | "flood",
 *   trap: string}} `status` is its exit status; `trap` is the engine's message about a crash.
 */
export function runProgram(module, { onWrite = () => {} } = {}) {
  const files = { 1: new OutputFile(), 2: new OutputFile(), 3: new OutputFile() };
  const names = { 1: "output", 2: "errors", 3: "record" };
  const result = { status: 0, end: "trap", trap: "" };
  let memory;
  const view = () => new DataView(memory.buffer);

  const wasi = {
    args_sizes_get(count, size) {
      view().setUint32(count, 1, true);
      view().setUint32(size, 8, true);
      return 0;
    },
    args_get(pointers, buffer) {
      view().setUint32(pointers, buffer, true);
      new Uint8Array(memory.buffer, buffer, 8).set(new TextEncoder().encode("program\0"));
      return 0;
    },
    environ_sizes_get(count, size) {
      view().setUint32(count, 0, true);
      view().setUint32(size, 0, true);
      return 0;
    },
    environ_get: () => 0,
    // Only the processor's time comes from here.
    clock_time_get(clock, precision, result) {
      view().setBigUint64(result, BigInt(Math.round(performance.now() * 1e6)), true);
      return 0;
    },
    fd_write(descriptor, parts, count, written) {
      const file = files[descriptor];
      if (!file) return BAD_DESCRIPTOR;
      const before = file.size;
      for (let part = 0; part < count; ++part) {
        const begin = view().getUint32(parts + 8 * part, true);
        const size = view().getUint32(parts + 8 * part + 4, true);
        file.append(new Uint8Array(memory.buffer, begin, size));
      }
      view().setUint32(written, file.size - before, true);
      onWrite(names[descriptor], new TextDecoder().decode(file.bytes.subarray(before, file.size)));
      if (file.size <= (names[descriptor] === "record" ? RECORD_LIMIT : OUTPUT_LIMIT)) return 0;
      result.end = "flood";
      return TOO_LARGE;
    },
    fd_read(descriptor, parts, count, read) {
      view().setUint32(read, 0, true);
      return descriptor === 0 ? 0 : BAD_DESCRIPTOR;
    },
    fd_fdstat_get(descriptor, stat) {
      if (descriptor > 3) return BAD_DESCRIPTOR;
      new Uint8Array(memory.buffer, stat, 24).fill(0);
      view().setUint8(stat, REGULAR_FILE);
      view().setBigUint64(stat + 8, 0x1fffffffn, true);  // every right
      return 0;
    },
    fd_filestat_get(descriptor, stat) {
      if (descriptor > 3) return BAD_DESCRIPTOR;
      new Uint8Array(memory.buffer, stat, 64).fill(0);
      view().setUint8(stat + 16, REGULAR_FILE);
      view().setBigUint64(stat + 32, BigInt(files[descriptor]?.size ?? 0), true);
      return 0;
    },
    fd_filestat_set_size(descriptor, size) {
      if (descriptor !== 3) return NOT_PERMITTED;
      files[3].size = Number(size);
      return 0;
    },
    fd_seek: () => IS_PIPE,
    fd_close: () => 0,
    fd_prestat_get: () => BAD_DESCRIPTOR,
    // Comes back: an exception that is thrown here would run the program's destructors. The world leaves by a trap,
    // which no program can catch.
    proc_exit(status) {
      if (result.end === "trap") Object.assign(result, { end: "exit", status });
    },
    // The same in every run.
    random_get(buffer, size) {
      const bytes = new Uint8Array(memory.buffer, buffer, size);
      for (let i = 0; i < size; ++i) bytes[i] = (i * 167 + 13) & 255;
      return 0;
    },
  };
  // Other calls of the library are refused by an error, as WASI does it.
  const imports = { wasi_snapshot_preview1: wasi };
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] ??= () => NOT_PERMITTED;
  }

  const instance = new WebAssembly.Instance(module, imports);
  memory = instance.exports.memory;
  try {
    instance.exports._start();
  } catch (error) {
    if (result.end === "trap") result.trap = String(error.message ?? error);
  }
  return { output: files[1].text, errors: files[2].text, record: files[3].text, ...result };
}
