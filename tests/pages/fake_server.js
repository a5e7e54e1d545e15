// Answers as ./workbook serve does, from the recorded runs, for tests of what the real one does not do on
// demand. A program that says "flood" prints forever, a text with "#error" does not compile.
import { EventEmitter, once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { createHash, randomBytes } from "node:crypto";
import { read, root, site } from "./browser.js";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
};
const versionOf = (text) => createHash("sha256").update(text).digest("hex");

export class FakeServer {
  #jobs = new Map();
  #arrived = new EventEmitter();
  requests = [];
  faster = 4; // how much faster than it was recorded a program runs
  holdsAfter = Infinity; // so many lines, until goOn() or the end of the job

  constructor(folder) {
    this.folder = folder;
  }
  async start(port = 0) {
    this.token = randomBytes(32).toString("hex");
    this.server = http.createServer((request, response) => this.#answer(request, response));
    await new Promise((done) => this.server.listen(port, "127.0.0.1", done));
    this.port = this.server.address().port;
    this.base = `http://127.0.0.1:${this.port}/`;
    this.address = `${this.base}#token=${this.token}`;
  }
  goOn() {
    this.holdsAfter = Infinity;
    for (const job of this.#jobs.values()) job.goOn();
  }
  async stop() {
    for (const job of this.#jobs.values()) job.end?.();
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
  /** Waits for a request whose method and path look like this. */
  async asked(what) {
    const signal = AbortSignal.timeout(30_000);
    while (!this.requests.some((request) => what.test(request)))
      await once(this.#arrived, "request", { signal });
  }
  file(lesson) {
    return path.join(this.folder, `${lesson}.cpp`);
  }

  async #answer(request, response) {
    const url = new URL(request.url, "http://x");
    if (!url.pathname.startsWith("/api/")) return this.#page(url.pathname, response);
    let body = "";
    for await (const part of request) body += part;
    const say = (status, said) =>
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(said));
    if (request.headers["x-workbook-token"] !== this.token)
      return say(403, { error: "That is no token of mine." });
    const [, , what, name, verb] = url.pathname.split("/");
    this.requests.push(`${request.method} ${url.pathname}`);
    this.#arrived.emit("request");
    const said = body ? JSON.parse(body) : undefined;
    if (what === "lessons") return say(200, this.#lesson(name));
    if (what === "exercises" && verb === "hint")
      return say(200, { text: `Hint 1 of 3 for ${name}\nA hint that is as wide as a terminal has it, which is eighty columns, and not\none more.\n` });
    if (what === "exercises") return this.#exercise(request.method, name, said, say);
    if (request.method === "POST" && !name) return say(201, { job: this.#job(said) });
    const job = this.#jobs.get(name);
    if (!job) return say(404, { error: "There is no such job." });
    if (verb === "stop") {
      job.stop();
      return say(200, {});
    }
    const after = Number(url.searchParams.get("after"));
    const until = Date.now() + 2000;
    const look = () => {
      const events = job.events.filter(({ number }) => number > after);
      if (events.length || job.done || Date.now() > until) say(200, { events, done: job.done });
      else setTimeout(look, 10);
    };
    look();
  }
  #page(name, response) {
    const file = path.join(site, decodeURIComponent(name), name.endsWith("/") ? "index.html" : "");
    const there =
      name === "/assets/editor.js"
        ? this.editor
        : fs.existsSync(file) && fs.statSync(file).isFile() && file;
    if (!there) return response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": TYPES[path.extname(file)] ?? "text/plain" });
    response.end(fs.readFileSync(there));
  }
  #runs(lesson) {
    return JSON.parse(read("lessons", lesson, "replay.json"));
  }
  #lesson(name) {
    const settings = path.join(root, "lessons", name, "run.json");
    const {
      clock,
      arguments: words = [],
      programs: own = {},
    } = fs.existsSync(settings) ? JSON.parse(fs.readFileSync(settings)) : {};
    const programs = Object.keys(this.#runs(name)).filter((program) => program !== "exercise");
    return {
      programs,
      runs_real_time: clock === "real",
      arguments: Object.fromEntries(
        programs.map((program) => [program, own[program]?.arguments ?? words]),
      ),
      exercise: fs.existsSync(path.join(root, "lessons", name, "exercise.cpp")),
      done: false,
    };
  }
  #text(lesson) {
    const mine = this.file(lesson);
    return fs.readFileSync(
      fs.existsSync(mine) ? mine : path.join(root, "lessons", lesson, "exercise.cpp"),
      "utf8",
    );
  }
  #exercise(method, lesson, said, say) {
    const text = this.#text(lesson);
    const version = versionOf(text);
    if (method === "GET")
      return say(200, {
        path: `my/${lesson}.cpp`,
        exists: fs.existsSync(this.file(lesson)),
        text,
        version,
        done: false,
      });
    if (said.version !== version) return say(409, { error: "It was changed.", text, version });
    fs.writeFileSync(this.file(lesson), said.text);
    return say(200, { version: versionOf(said.text) });
  }
  #job({ kind, lesson, programs, together, arguments: words }) {
    const id = randomBytes(4).toString("hex");
    let timer;
    const due = []; // [when, what], in this order
    const job = {
      events: [],
      done: false,
      say: (event) => job.done || job.events.push({ number: job.events.length + 1, ...event }),
      end: () => {
        job.done = true;
        clearTimeout(timer);
      },
      stop: () => {
        job.say({ type: "stopped" });
        job.end();
      },
    };
    let begun = Date.now();
    let lines = 0;
    let held; // since when
    job.goOn = () => {
      if (held === undefined) return;
      begun += Date.now() - held;
      held = undefined;
      next();
    };
    const print = (type, program, time, text) => {
      job.say({ type, program, time, text });
      if (type === "line" && ++lines >= this.holdsAfter) held = Date.now();
    };
    const next = () => {
      const [first] = due;
      if (!first || job.done || held !== undefined) return;
      timer = setTimeout(
        () => {
          due.shift()[1]();
          next();
        },
        begun + (1000 * first[0]) / this.faster - Date.now(),
      );
    };
    const later = (seconds, action) => {
      due.push([seconds, action]);
      due.sort((a, b) => a[0] - b[0]);
    };
    this.#jobs.set(id, job);
    this.words = words;
    this.together = together;
    job.say({ type: "building", progress: "[1/2]" });
    if (kind === "check") {
      const text = this.#text(lesson);
      const right = text === read("solutions", lesson, "exercise.cpp");
      const words = right
        ? "Right, after 4.0s of simulated time.\n"
        : text.includes("#error")
          ? "It does not compile. Line 2: error: here.\n\n    2 | #error here\n"
          : "It took 9.0s of simulated time, 4.0s expected: your waits did not overlap.\n- First\n+ Second\n";
      later(0.5, () => {
        job.say({ type: "verdict", right, text: words });
        job.end();
      });
      next();
      return id;
    }
    if (this.failure) {
      job.say({ type: "failure", text: this.failure });
      job.end();
      return id;
    }
    const runs = this.#runs(lesson);
    let begin = 0.2;
    let last = 0;
    for (const program of programs) {
      const at = begin;
      later(at, () => job.say({ type: "started", program }));
      if (words[program]?.includes("flood"))
        later(at, () => {
          for (let n = 0; n < 5000; ++n)
            job.say({ type: "line", program, time: n / 1000, text: `Line ${n}` });
        });
      for (const [time, text] of runs[program].lines)
        later(at + time / 1000, () => print("line", program, time / 1000, text));
      for (const [time, text] of runs[program].server ?? [])
        later(at + time / 1000, () => print("server_line", program, time / 1000, text));
      const took = runs[program].total_ms / 1000;
      later(at + took, () => job.say({ type: "ended", program, took, failure: "" }));
      last = Math.max(last, at + took);
      if (!together) begin = at + took;
    }
    later(last + 0.1, job.end);
    next();
    return id;
  }
}
