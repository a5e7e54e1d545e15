// Runs one of LLVM's tools over files in memory: the part of WASI (preview 1) that they ask for.
import { resolve } from "./file_tree.js";

const DONE = 0;
const BAD_DESCRIPTOR = 8;
const EXISTS = 20;
const NOT_FOUND = 44;
const NO_FOLDER = 54;
const NOT_SUPPORTED = 58;
const NO_SEEK = 70;

const DEVICE = 2;
const FOLDER = 3;
const REGULAR_FILE = 4;

const CREATE = 1;
const MUST_BE_FOLDER = 2;
const MUST_BE_NEW = 4;
const EMPTY_IT = 8;

const ROOT = 3;

export const CRASHED = 134;

class Exit {
  constructor(status) {
    this.status = status;
  }
}

/**
 * Runs a tool to its end.
 *
 * @param {WebAssembly.Module} module LLVM, which knows by its first argument which tool it is.
 * @param {string[]} words The command line, the name of the tool first.
 * @param {import("./file_tree.js").FileTree} tree The files that it reads and writes.
 * @returns {{status: number, said: string, memory: number}} `said` is its output; `memory` is in bytes. A crash,
 *   of which the end of `said` tells, has the status CRASHED.
 */
export function runTool(module, words, tree) {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const opened = [null, null, null, { path: "" }];
  let memory;
  let bytes;
  let view;
  let said = "";

  // The memory may have grown, and then has another buffer.
  const look = () => {
    if (bytes?.buffer === memory.buffer) return;
    bytes = new Uint8Array(memory.buffer);
    view = new DataView(memory.buffer);
  };
  const textAt = (begin, size) => {
    look();
    return decoder.decode(bytes.subarray(begin, begin + size));
  };
  const pathAt = (descriptor, begin, size) => resolve(opened[descriptor].path, textAt(begin, size));
  const setSize = (at, value) => view.setUint32(at, value, true);
  const setLong = (at, value) => view.setBigUint64(at, BigInt(value), true);

  const list = (items) => {
    const texts = items.map((item) => encoder.encode(`${item}\0`));
    return {
      sizes(count, size) {
        look();
        setSize(count, texts.length);
        setSize(size, texts.reduce((sum, text) => sum + text.length, 0));
        return DONE;
      },
      get(pointers, buffer) {
        look();
        for (const text of texts) {
          setSize(pointers, buffer);
          bytes.set(text, buffer);
          pointers += 4;
          buffer += text.length;
        }
        return DONE;
      },
    };
  };
  const argumentsList = list(words);
  const environment = list(["PWD=/"]);

  const putStatus = (path, at) => {
    look();
    const file = tree.files.get(path);
    if (!file && !tree.folders.has(path)) return NOT_FOUND;
    bytes.fill(0, at, at + 64);
    setLong(at, 1);
    setLong(at + 8, tree.number(path));
    view.setUint8(at + 16, file ? REGULAR_FILE : FOLDER);
    setLong(at + 24, 1);
    setLong(at + 32, file?.size ?? 0);
    return DONE;
  };
  // Each of the pieces of memory that a call names.
  const pieces = function* (parts, count) {
    look();
    for (let part = 0; part < count; ++part) {
      const begin = view.getUint32(parts + 8 * part, true);
      yield bytes.subarray(begin, begin + view.getUint32(parts + 8 * part + 4, true));
    }
  };
  const readAt = (file, at, parts, count) => {
    const begin = at;
    for (const piece of pieces(parts, count)) {
      const part = file.content.subarray(at, at + piece.length);
      piece.set(part);
      at += part.length;
    }
    return at - begin;
  };

  const wasi = {
    args_sizes_get: argumentsList.sizes,
    args_get: argumentsList.get,
    environ_sizes_get: environment.sizes,
    environ_get: environment.get,
    clock_time_get(clock, precision, result) {
      look();
      setLong(result, Math.round(performance.now() * 1e6));
      return DONE;
    },
    random_get(buffer, size) {
      look();
      for (let i = 0; i < size; ++i) bytes[buffer + i] = (i * 167 + 13) & 255;  // names of temporary files
      return DONE;
    },
    poll_oneoff: () => NOT_SUPPORTED,
    proc_exit(status) {
      throw new Exit(status);
    },

    fd_prestat_get(descriptor, result) {
      if (descriptor !== ROOT) return BAD_DESCRIPTOR;
      look();
      setSize(result, 0);
      setSize(result + 4, 1);
      return DONE;
    },
    fd_prestat_dir_name(descriptor, name) {
      look();
      bytes[name] = "/".charCodeAt(0);
      return DONE;
    },
    fd_fdstat_get(descriptor, result) {
      const entry = opened[descriptor];
      if (descriptor > 2 && !entry) return BAD_DESCRIPTOR;
      look();
      bytes.fill(0, result, result + 24);
      view.setUint8(result, !entry ? DEVICE : entry.file ? REGULAR_FILE : FOLDER);
      setLong(result + 8, 0x1fffffff);
      setLong(result + 16, 0x1fffffff);
      return DONE;
    },
    fd_filestat_get(descriptor, result) {
      if (descriptor > 2) return opened[descriptor] ? putStatus(opened[descriptor].path, result) : BAD_DESCRIPTOR;
      look();
      bytes.fill(0, result, result + 64);
      view.setUint8(result + 16, DEVICE);
      return DONE;
    },
    fd_filestat_set_size(descriptor, size) {
      opened[descriptor].file.resize(Number(size));
      return DONE;
    },
    fd_filestat_set_times: () => DONE,
    fd_close(descriptor) {
      if (!opened[descriptor]) return BAD_DESCRIPTOR;
      opened[descriptor] = undefined;
      return DONE;
    },
    fd_seek(descriptor, offset, whence, result) {
      const entry = opened[descriptor];
      if (!entry?.file) return NO_SEEK;
      look();
      entry.at = Number(offset) + [0, entry.at, entry.file.size][whence];
      setLong(result, entry.at);
      return DONE;
    },
    fd_read(descriptor, parts, count, result) {
      look();
      const entry = opened[descriptor];
      if (!entry?.file) {
        setSize(result, 0);
        return descriptor === 0 ? DONE : BAD_DESCRIPTOR;
      }
      const read = readAt(entry.file, entry.at, parts, count);
      entry.at += read;
      setSize(result, read);
      return DONE;
    },
    fd_pread(descriptor, parts, count, at, result) {
      const read = readAt(opened[descriptor].file, Number(at), parts, count);
      setSize(result, read);
      return DONE;
    },
    fd_write(descriptor, parts, count, result) {
      let written = 0;
      const entry = opened[descriptor];
      for (const piece of pieces(parts, count)) {
        if (entry?.file) {
          entry.file.write(entry.at, piece);
          entry.at += piece.length;
        } else {
          said += decoder.decode(piece);
        }
        written += piece.length;
      }
      setSize(result, written);
      return DONE;
    },
    fd_readdir(descriptor, buffer, size, cookie, result) {
      look();
      const { path } = opened[descriptor];
      const names = [...tree.folders.get(path)];
      let used = 0;
      for (let i = Number(cookie); i < names.length && used < size; ++i) {
        const name = encoder.encode(names[i]);
        const entry = new Uint8Array(24 + name.length);
        const fields = new DataView(entry.buffer);
        const full = resolve(path, names[i]);
        fields.setBigUint64(0, BigInt(i + 1), true);
        fields.setBigUint64(8, BigInt(tree.number(full)), true);
        fields.setUint32(16, name.length, true);
        fields.setUint8(20, tree.folders.has(full) ? FOLDER : REGULAR_FILE);
        entry.set(name, 24);
        const part = entry.subarray(0, size - used);
        bytes.set(part, buffer + used);
        used += part.length;
      }
      setSize(result, used);
      return DONE;
    },

    path_open(descriptor, lookUp, name, size, how, rights, inherited, flags, result) {
      const path = pathAt(descriptor, name, size);
      const isFolder = tree.folders.has(path);
      let file = tree.files.get(path);
      if (!isFolder && !file && !(how & CREATE)) return NOT_FOUND;
      if (how & MUST_BE_NEW && (file || isFolder)) return EXISTS;
      if (how & MUST_BE_FOLDER && !isFolder) return NO_FOLDER;
      if (!isFolder && (!file || how & EMPTY_IT)) file = tree.put(path, new Uint8Array());
      opened.push({ path, file, at: 0 });
      setSize(result, opened.length - 1);
      return DONE;
    },
    path_filestat_get: (descriptor, flags, name, size, result) => putStatus(pathAt(descriptor, name, size), result),
    path_create_directory(descriptor, name, size) {
      tree.addFolder(pathAt(descriptor, name, size));
      return DONE;
    },
    path_rename(descriptor, name, size, newDescriptor, newName, newSize) {
      const from = pathAt(descriptor, name, size);
      const content = tree.read(from);
      if (!content) return NOT_FOUND;
      tree.put(pathAt(newDescriptor, newName, newSize), content);
      tree.remove(from);
      return DONE;
    },
    path_unlink_file: (descriptor, name, size) => (tree.remove(pathAt(descriptor, name, size)) ? DONE : NOT_FOUND),
    path_remove_directory: () => DONE,
    path_link: () => NOT_SUPPORTED,
    path_symlink: () => NOT_SUPPORTED,
    path_readlink: () => NOT_FOUND,
  };

  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi });
  memory = instance.exports.memory;
  let status = 0;
  try {
    instance.exports._start();
  } catch (error) {
    if (error instanceof Exit) {
      status = error.status;
    } else {
      status = CRASHED;
      said += `${error}`;
    }
  }
  return { status, said, memory: memory.buffer.byteLength };
}
