// Packs the files that a page fetches: each file compressed, in parts that are kept one by one, so that a fetch that was
// cut off goes on where it was. The name of a part is the hash of its content.
//
//   node pack.js OUT FILE…     makes OUT/index.json and OUT/parts/; kit.json, one of the FILEs, becomes a part of the index
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";

const PART = 2 << 20;

const [out, ...files] = process.argv.slice(2);
if (files.length === 0) {
  console.error("pack.js: call it as pack.js OUT FILE….");
  process.exit(2);
}
mkdirSync(join(out, "parts"), { recursive: true });
const index = { bytes: 0, kit: undefined, files: {} };
for (const path of files) {
  const content = readFileSync(path);
  const name = basename(path);
  if (name === "kit.json") {
    index.kit = JSON.parse(content);
    continue;
  }
  const packed = gzipSync(content, { level: 9 });
  const parts = [];
  for (let at = 0; at < packed.length; at += PART) {
    const part = packed.subarray(at, at + PART);
    const hash = createHash("sha256").update(part).digest("hex");
    writeFileSync(join(out, "parts", hash), part);
    parts.push({ hash, bytes: part.length });
  }
  index.files[name] = { bytes: content.length, parts };
  index.bytes += packed.length;
}
const text = JSON.stringify(index);
const version = createHash("sha256").update(text).digest("hex").slice(0, 16);
writeFileSync(join(out, "index.json"), `${JSON.stringify({ version, ...index })}\n`);
console.log(`${(index.bytes / 1e6).toFixed(1)} MB in ${Object.values(index.files).flatMap((file) => file.parts).length} parts`);
