// The requests that exercise and run boxes make to ./workbook serve (../live/server.js), answered by the page: files are
// kept by the browser, programs are compiled and run in workers. The questions and the events are the server's.
import { Refused } from "../live/errors.js";
import { local } from "../storage.js";
import { ProgramRun } from "./host/program_run.js";
import { Trouble } from "./store.js";

const FIRST_COMPILE = "The first time takes a while.";

// Sentences for faults of the compiler itself.
const FAULTS = {
  memory: "The compiler ran out of memory. Your text is as it was. Close other tabs and try again, or compile it on your machine with ./workbook.",
  crash: "The compiler crashed on this program. Your text is as it was. Take back the last change, or compile it on your machine with ./workbook.",
};

const worker = (name) => new Worker(new URL(name, import.meta.url), { type: "module" });

// ---- The compiler's worker ---------------------------------------------------------------------

class Workshop {
  #kit;
  #worker;
  #asked = new Map();
  #numbers = 0;
  #ready;

  constructor(kit) {
    this.#kit = kit;
  }

  /** Unpacks the compiler, once. */
  begin() {
    this.#ready ??= this.#ask("begin", { index: this.#kit.index, unkept: this.#kit.unkept });
    return this.#ready;
  }

  async ask(action, told) {
    await this.begin();
    return this.#ask(action, told);
  }

  /** Ends the present work: the compiler is started again when it is needed again. */
  stop() {
    this.#end(new Stopped());
  }

  #end(why) {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#ready = undefined;
    for (const { reject } of this.#asked.values()) reject(why);
    this.#asked.clear();
  }

  #ask(action, told) {
    if (!this.#worker) {
      this.#worker = worker("compile_worker.js");
      this.#worker.onmessage = ({ data }) => {
        // (After a fault the compiler's state is unknown: every request that waits for it fails with the same sentence.)
        if (data.fault) return this.#end(new Trouble(FAULTS[data.fault.kind] ?? data.fault.message));
        this.#asked.get(data.number).resolve(data.answer);
        this.#asked.delete(data.number);
      };
      this.#worker.onerror = () => this.#end(new Trouble("The compiler does not start in this browser."));
    }
    const number = ++this.#numbers;
    return new Promise((resolve, reject) => {
      this.#asked.set(number, { resolve, reject });
      this.#worker.postMessage({ number, action, told });
    });
  }
}

class Stopped extends Error {}

// ---- One run -----------------------------------------------------------------------------------

/**
 * Runs a module to its end, or until `stop` is called.
 *
 * @returns {{result: Promise<object>, stop: () => void}} `result` is a run in the judge's sense.
 */
function runModule(bytes) {
  const program = worker("host/program_worker.js");
  const run = new ProgramRun(() => program.terminate());
  program.onmessage = ({ data }) => run.take(data);
  program.onerror = ({ message }) => run.fail(new Trouble(`The program could not be started: ${message}`));
  program.postMessage({ module: new WebAssembly.Module(bytes) });
  return { result: run.result, stop: () => run.fail(new Stopped()) };
}

// ---- The learner's file ------------------------------------------------------------------------

class MyFile {
  #key;
  #unkept; // a file that the browser has not kept, while the page is open

  /** @param {{starter: string, expected: string}} task What the exercise asks for now. */
  constructor(lesson, task) {
    this.#key = `workbook-my-${lesson}`;
    this.task = task;
  }

  /** `started` is the task that the file was started with, where that is known. */
  read() {
    const kept = this.#unkept ?? JSON.parse(local.get(this.#key) ?? "null");
    if (kept) return { ...kept, exists: true };
    return { text: this.task.starter, version: 0, exists: false, done: false, started: this.task };
  }

  /** The new version, and whether the browser keeps it. Throws Refused if it is not `version` that is kept. */
  write(text, version) {
    const kept = this.read();
    if (kept.version !== version) {
      throw new Refused(409, { error: "The file was changed in another tab.", text: kept.text, version: kept.version });
    }
    const next = { ...kept, exists: undefined, text, version: Date.now() };
    return { version: next.version, kept: this.#keep(next) };
  }

  /** The starter in the file's place. What was in it is kept as `before`. */
  startAnew() {
    const { text, before, done, hints } = this.read();
    const { starter } = this.task;
    const kept = text === starter ? before : text;
    this.#keep({ text: starter, version: Date.now(), started: this.task, before: kept, done, hints });
    return this.read();
  }

  note(what) {
    this.#keep({ ...this.read(), exists: undefined, ...what });
  }

  // (Its storage may be full, and a private window may have none.)
  #keep(file) {
    const text = JSON.stringify(file);
    local.set(this.#key, text);
    const kept = local.get(this.#key) === text;
    this.#unkept = kept ? undefined : file;
    return kept;
  }
}

// ---- The host ----------------------------------------------------------------------------------

export class PageHost {
  #lesson;
  #about;
  #textOf;
  #workshop;
  #file;
  #warm = false;

  /**
   * @param {object} about The lesson's files, as the site has them: assets/here/lessons/NAME.json.
   * @param {import("./store.js").Kit} kit
   * @param {(program: string) => string} textOf The text of a program, which the reader may have changed.
   */
  constructor(lesson, about, kit, textOf) {
    this.#workshop = new Workshop(kit);
    this.#lesson = lesson;
    this.#about = about;
    this.#textOf = textOf;
    if (about.exercise) {
      const { starter, expected } = about.exercise;
      this.#file = new MyFile(lesson, { starter, expected });
    }
  }

  /**
   * Unpacks the compiler and compiles a program of the lesson, before the reader waits for it: the browser translates
   * each function of clang at its first call, which takes longer than compiling a program.
   */
  async warmUp() {
    const { exercise, programs } = this.#about;
    const text = exercise?.starter ?? Object.values(programs).at(-1);
    if (text === undefined) return;
    try {
      await this.#compile(`lessons/${this.#lesson}/warm_up.cpp`, text);
      this.#warm = true;
    } catch {
      // a run reports the failure
    }
  }

  async ask(method, path, body) {
    const [, what] = /^exercises\/[^/]+(?:\/(\w+))?$/.exec(path) ?? [];
    if (method === "PUT") return this.#file.write(body.text, body.version);
    if (what === "hint") return this.#hint();
    if (what === "anew") return this.#file.startAnew();
    return { path: `my/${this.#lesson}.cpp`, ...this.#file.read() };
  }

  async #hint() {
    const { hints = 0 } = this.#file.read();
    const told = await this.#workshop.ask("hints", { exercise: this.#about.exercise.json, seen: hints });
    this.#file.note({ hints: hints + told.hints.length });
    const more = told.name ? `\n\n(The same button shows ${told.name} hint.)` : "";
    return { text: told.hints.join("\n\n") + more };
  }

  get Job() {
    const host = this;
    return class {
      #stop = () => {};
      #stopped = false;

      async follow(job, on) {
        try {
          await (job.kind === "check" ? host.#check(on, this) : host.#run(job.programs, on, this));
        } catch (error) {
          if (error instanceof Stopped || this.#stopped) on({ type: "stopped" });
          else on({ type: "failure", text: error.message });
        }
      }
      /** How to stop from now on. */
      set stopping(action) {
        this.#stop = action;
      }
      stop() {
        this.#stopped = true;
        this.#stop();
      }
    };
  }

  async #compile(source, text, on, job) {
    on?.({ type: "building", progress: this.#warm ? "" : FIRST_COMPILE });
    if (job) {
      job.stopping = () => {
        this.#workshop.stop();
        this.#warm = false;
        this.warmUp();
      };
    }
    const files = { ...this.#about.headers, [source]: text };
    return this.#workshop.ask("compile", { files, source, asio: this.#about.asio });
  }

  async #check(on, job) {
    const { exercise } = this.#about;
    const { text, started } = this.#file.read();
    const source = `lessons/${this.#lesson}/exercise.cpp`;
    const { said, module } = await this.#compile(source, text, on, job);
    const answer = {
      exercise: exercise.json,
      expected: exercise.expected,
      replay: exercise.replay,
      source: text,
      file: `/${source}`,
      said,
      built: module !== null,
      task: this.#file.task,
      started,
    };
    if (module) {
      const run = runModule(module);
      job.stopping = run.stop;
      answer.run = await run.result;
    }
    const verdict = await this.#workshop.ask("judge", answer);
    if (/refused pthread_create/.test(answer.run?.record)) {
      verdict.sentence = `This uses threads; check it with ./workbook check ${this.#lesson.slice(0, 2)}.`;
      verdict.details = "";
    }
    if (verdict.passed) this.#file.note({ done: true });
    const { sentence, details, remarks } = verdict;
    const paragraphs = [sentence, details.trimEnd(), remarks.join("\n")].filter(Boolean);
    on({ type: "verdict", right: verdict.passed, text: paragraphs.join("\n\n") });
  }

  async #run(programs, on, job) {
    const modules = [];
    for (const program of programs) {
      const source = `lessons/${this.#lesson}/${program}.cpp`;
      const { said, module } = await this.#compile(source, this.#textOf(program), on, job);
      if (!module) throw new Trouble(`${program}.cpp does not compile:\n${said}`);
      modules.push(module);
    }
    for (const [i, program] of programs.entries()) {
      on({ type: "started", program, changed: this.#textOf(program) !== this.#about.programs[program] });
      const run = runModule(modules[i]);
      job.stopping = run.stop;
      const { lines, seconds, failure } = await this.#workshop.ask("describe", await run.result);
      for (const line of lines) on({ type: "line", program, time: line.seconds, text: line.text });
      on({ type: "ended", program, took: seconds, failure });
    }
  }
}
