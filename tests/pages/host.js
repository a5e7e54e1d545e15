// A host of the built site, like GitHub Pages: it compresses text, and nothing can be asked of it.
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const site = process.env.SITE ?? join(root, "build/site");

const TEXT = "text/plain; charset=utf-8";
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css",
  ".js": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".cpp": TEXT,
  ".hpp": TEXT,
  ".txt": TEXT,
  ".expected": TEXT,
};

export class Host {
  sent = 0; // bytes
  trouble = () => undefined; // what to do with a request instead: a function of the path, and of its content

  async start() {
    this.server = createServer((request, response) => this.#answer(request, response));
    await new Promise((done) => this.server.listen(0, "127.0.0.1", done));
    this.base = `http://127.0.0.1:${this.server.address().port}/`;
    return this;
  }
  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }

  #answer(request, response) {
    let path = decodeURIComponent(new URL(request.url, this.base).pathname);
    if (path.endsWith("/")) path += "index.html";
    const file = join(site, path);
    if (!file.startsWith(site) || !existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end();
    let content = readFileSync(file);
    const changed = this.trouble(path, content);
    if (changed === "cut") {
      response.writeHead(200, { "Content-Length": content.length });
      response.write(content.subarray(0, content.length / 2), () => response.destroy());
      return;
    }
    if (changed) content = changed;
    const type = TYPES[extname(path)];
    const headers = { "Content-Type": type ?? "application/octet-stream" };
    if (type) {
      content = gzipSync(content);
      headers["Content-Encoding"] = "gzip";
    }
    this.sent += content.length;
    response.writeHead(200, headers).end(content);
  }
}
