// Files in memory, for a compiler that believes it has a disk. Paths have no slash in front; the root is "".

export class FileTree {
  constructor() {
    this.files = new Map(); // path -> File
    this.folders = new Map([["", new Set()]]); // path -> names
    this.numbers = new Map();
  }

  /** Puts a file there, in place of one that may be there, and the folders that it needs. */
  put(path, bytes) {
    const file = new File(bytes);
    this.files.set(path, file);
    this.#enter(path);
    return file;
  }

  addFolder(path) {
    if (this.folders.has(path)) return;
    this.folders.set(path, new Set());
    if (path !== "") this.#enter(path);
  }

  remove(path) {
    const { folder, name } = split(path);
    this.folders.get(folder)?.delete(name);
    return this.files.delete(path);
  }

  /** The content of a file; undefined if there is none. */
  read(path) {
    return this.files.get(path)?.content;
  }

  /** The inode, as it were: a compiler takes two files for one by it. */
  number(path) {
    let number = this.numbers.get(path);
    if (!number) this.numbers.set(path, (number = this.numbers.size + 1));
    return number;
  }

  /** Unpacks an archive of regular files with names of at most 99 characters (ustar), as archive.js writes it. */
  unpack(archive) {
    const bytes = new Uint8Array(archive);
    const block = 512;
    for (let at = 0; at + block <= bytes.length && bytes[at] !== 0;) {
      const size = parseInt(field(bytes, at + 124, 12), 8);
      this.put(field(bytes, at, 100), bytes.subarray(at + block, at + block + size));
      at += block * (1 + Math.ceil(size / block));
    }
  }

  #enter(path) {
    const { folder, name } = split(path);
    this.addFolder(folder);
    this.folders.get(folder).add(name);
  }
}

class File {
  constructor(bytes) {
    this.bytes = bytes;
    this.size = bytes.length;
  }

  get content() {
    return this.bytes.subarray(0, this.size);
  }

  resize(size) {
    if (size > this.bytes.length) {
      const larger = new Uint8Array(Math.max(size, 2 * this.bytes.length, 65536));
      larger.set(this.content);
      this.bytes = larger;
    }
    this.size = size;
  }

  write(at, part) {
    if (at + part.length > this.size) this.resize(at + part.length);
    this.bytes.set(part, at);
  }
}

function split(path) {
  const slash = path.lastIndexOf("/");
  return { folder: slash < 0 ? "" : path.slice(0, slash), name: path.slice(slash + 1) };
}

function field(bytes, begin, length) {
  const end = bytes.indexOf(0, begin);
  return new TextDecoder().decode(bytes.subarray(begin, end < 0 ? begin + length : Math.min(end, begin + length)));
}

/** The meaning of `path` in `folder`. */
export function resolve(folder, path) {
  const parts = path.startsWith("/") ? [] : folder.split("/").filter(Boolean);
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}
