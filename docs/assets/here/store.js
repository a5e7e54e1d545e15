// The compiler of the page, fetched once and kept by the browser. What to look for: it comes in parts, each of which
// is compared with its hash and kept as soon as it is there, so that a fetch that was cut off goes on where it was; and
// a version is used only when all of it is there. Another one published in the meantime does no harm: a page holds on to
// the version that it has begun with, and what both have in common is not fetched again.

const CACHE = "workbook-kit-";
const COMPLETE = "complete";

// A sentence for the reader.
export class Trouble extends Error {}

const folder = new URL("kit/", import.meta.url);
const partUrl = ({ hash }) => new URL(`parts/${hash}`, folder).href;

/**
 * The index of what is published now; of what is kept, if there is no network.
 * @param {Map<string, ArrayBuffer>} [unkept] Parts that an earlier try has fetched and the browser did not keep.
 */
export async function findKit(unkept) {
  const url = new URL("index.json", folder);
  let cause = "there is no network. Try again when it is back.";
  try {
    const response = await fetch(url, { cache: "no-cache" });
    if (response.ok) return new Kit(await response.json(), unkept);
    cause = `the server answers ${response.status}. Try again later.`;
  } catch {
    // Then the kept index will do.
  }
  const kept = await keptIndex();
  if (kept) return new Kit(kept, unkept);
  throw new Trouble(`The compiler could not be fetched: ${cause}`);
}

/** The index of a version that is complete in this browser; undefined if there is none. */
export async function keptIndex() {
  try {
    for (const name of await caches.keys()) {
      if (!name.startsWith(CACHE)) continue;
      const response = await (await caches.open(name)).match(new URL(COMPLETE, folder));
      if (response) return await response.json();
    }
  } catch {
    // A browser that keeps nothing.
  }
  return undefined;
}

export class Kit {
  #cache;

  /** @param {Map<string, ArrayBuffer>} unkept Parts that the browser did not keep, by hash. */
  constructor(index, unkept = new Map()) {
    this.index = index;
    this.unkept = unkept;
  }

  get version() {
    return this.index.version;
  }

  /** Bytes that have to be fetched, of all. */
  get bytes() {
    return this.index.bytes;
  }

  /**
   * Fetches the missing parts.
   *
   * @param {(bytes: number) => void} tell How many of `bytes` are there.
   * @param {AbortSignal} signal
   * @returns {Promise<boolean>} Whether the browser keeps it. Throws Trouble.
   */
  async fetchAll(tell, signal) {
    this.#cache = await open(CACHE + this.version);
    hold(CACHE + this.version);
    let there = 0;
    for (const file of Object.values(this.index.files)) {
      for (const part of file.parts) {
        const before = there;
        if (!(await this.#has(part))) {
          await this.#fetchPart(part, (bytes) => tell(before + bytes), signal);
        }
        there = before + part.bytes;
        tell(there);
      }
    }
    const kept = await this.#keep(new URL(COMPLETE, folder).href, new Response(JSON.stringify(this.index)));
    if (kept) await forgetOthers(CACHE + this.version);
    return kept;
  }

  /** One of its files, unpacked. */
  async file(name) {
    return new Response(await this.#unpacked(name)).arrayBuffer();
  }

  /** One of its files, as a compiled module. */
  async module(name) {
    const stream = await this.#unpacked(name);
    return WebAssembly.compileStreaming(new Response(stream, { headers: { "Content-Type": "application/wasm" } }));
  }

  async #unpacked(name) {
    this.#cache ??= await open(CACHE + this.version);
    const parts = await Promise.all(this.index.files[name].parts.map((part) => this.#read(part)));
    return new Blob(parts).stream().pipeThrough(new DecompressionStream("gzip"));
  }

  async #has(part) {
    return this.unkept.has(part.hash) || Boolean(await this.#cache?.match(partUrl(part)));
  }

  async #read(part) {
    const kept = this.unkept.get(part.hash) ?? (await (await this.#cache?.match(partUrl(part)))?.arrayBuffer());
    if (!kept) throw new Trouble("The browser has thrown away a part of the compiler. Reload the page, and fetch it again.");
    return kept;
  }

  async #fetchPart(part, tell, signal) {
    const kept = await ofAnotherVersion(part);
    if (kept && (await this.#keep(partUrl(part), kept))) return;
    let bytes;
    try {
      const response = await fetch(partUrl(part), { signal });
      if (response.status === 404) {
        throw new Trouble("A new version of the compiler was published in the meantime. Go on: that one is fetched now, and only what differs.");
      }
      if (!response.ok) throw new Trouble(`The compiler could not be fetched: the server answers ${response.status}. Reload the page, and try again.`);
      bytes = await readAll(response, tell);
    } catch (error) {
      if (error instanceof Trouble || error.name === "AbortError") throw error;
      throw new Trouble("The fetch was cut off. What has been fetched is kept: try again, and it goes on from there.");
    }
    const hash = await crypto.subtle.digest("SHA-256", bytes);
    const hex = [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    if (hex !== part.hash) {
      throw new Trouble("What was fetched is not what was published, and was thrown away. Try again; if that does not help, something between this browser and the site changes files.");
    }
    if (!(await this.#keep(partUrl(part), new Response(bytes)))) this.unkept.set(part.hash, bytes);
  }

  /** Whether the browser has kept it. (It may be full, or keep nothing in a private window.) */
  async #keep(url, response) {
    try {
      await this.#cache.put(url, response);
      return true;
    } catch {
      return false;
    }
  }
}

async function open(name) {
  try {
    return await caches.open(name);
  } catch {
    return undefined;
  }
}

async function ofAnotherVersion(part) {
  try {
    return await caches.match(partUrl(part));
  } catch {
    return undefined;
  }
}

/** While this page is open, its version is not forgotten: a compiler that was stopped is unpacked anew. */
function hold(name) {
  navigator.locks.request(name, { mode: "shared" }, () => new Promise(() => {}));
}

async function forgetOthers(name) {
  for (const other of await caches.keys()) {
    if (!other.startsWith(CACHE) || other === name) continue;
    await navigator.locks.request(other, { ifAvailable: true }, (free) => free && caches.delete(other));
  }
}

async function readAll(response, tell) {
  const pieces = [];
  let size = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    size += value.length;
    tell(size);
  }
  return new Blob(pieces).arrayBuffer();
}
