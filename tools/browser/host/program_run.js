// One run of a module in a worker (program_worker.js), seen from outside: its output so far, and its end. A page and Node
// receive the messages of a worker in different ways, so the caller passes them on.
import { OUTPUT_LIMIT } from "./program.js";

export const SECONDS = 10; // A program that computes for longer does not end. (./workbook run has the same limit.)

export class ProgramRun {
  #terminate;
  #so_far = { output: "", errors: "", record: "" };
  #timer;
  #resolve;
  #reject;

  /** @param {() => void} terminate Ends the worker. */
  constructor(terminate) {
    this.#terminate = terminate;
    /** The run in the judge's sense (../judge), with its limit. */
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const computing = () => this.#end({ ...this.#so_far, status: 0, trap: "", end: "computing", limit: SECONDS });
    this.#timer = setTimeout(computing, SECONDS * 1000);
  }

  /** Takes a message of the worker. */
  take({ kind, ...told }) {
    if (kind === "ended") return this.#end({ ...told, limit: OUTPUT_LIMIT });
    for (const name of Object.keys(this.#so_far)) this.#so_far[name] += told[name];
  }

  /** Ends it with an error. */
  fail(error) {
    this.#stop();
    this.#reject(error);
  }

  #end(outcome) {
    this.#stop();
    this.#resolve(outcome);
  }
  #stop() {
    clearTimeout(this.#timer);
    this.#terminate();
  }
}
