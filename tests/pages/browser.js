// Shared by the tests: the built site, a server that answers as a good host would, and Chromium.
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const site = process.env.SITE ?? path.join(root, "build/site");
export const lessons = fs
  .readdirSync(path.join(root, "lessons"))
  .filter(
    (name) => /^\d\d-/.test(name) && fs.existsSync(path.join(root, "lessons", name, "README.md")),
  )
  .sort();
export const read = (...parts) => fs.readFileSync(path.join(root, ...parts), "utf8");
export const pages = fs
  .readdirSync(site, { recursive: true })
  .filter((name) => name.endsWith(".html"))
  .sort();
export const pageOf = (lesson) => `lessons/${lesson}/index.html`;

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
};

export async function serve() {
  let sent = 0;
  const server = http.createServer((request, response) => {
    const name = path.join(site, decodeURIComponent(new URL(request.url, "http://x").pathname));
    if (!name.startsWith(site) || !fs.existsSync(name) || !fs.statSync(name).isFile())
      return response.writeHead(404).end();
    const body = gzipSync(fs.readFileSync(name));
    sent += body.length;
    response.writeHead(200, {
      "Content-Type": TYPES[path.extname(name)] ?? "text/plain; charset=utf-8",
      "Content-Encoding": "gzip",
    });
    response.end(body);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return {
    base: `http://127.0.0.1:${server.address().port}/`,
    sent: () => sent,
    close: () => server.close(),
  };
}

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

/** A separate page: an error in it counts as a fault, and so does a request that leaves the site. */
export async function visit(browser, base, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    reducedMotion: "no-preference",
    ...options,
  });
  context.setDefaultTimeout(120_000); // nothing takes this long, unless it is stuck
  const page = await context.newPage();
  const faults = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(base) && !/^(file|data|blob):/.test(request.url()))
      faults.push(`asks for ${request.url()}`);
  });
  page.on("requestfailed", (request) =>
    faults.push(`${request.url()}: ${request.failure()?.errorText}`),
  );
  page.on("response", (response) => {
    if (response.status() >= 400) faults.push(`${response.url()}: ${response.status()}`);
  });
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
  });
  return { page, faults, context };
}
