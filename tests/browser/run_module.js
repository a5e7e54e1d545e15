// Runs a module in its own worker, and ends it if it computes for too long.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

import { ProgramRun } from "../../tools/browser/host/program_run.js";

const script = join(dirname(fileURLToPath(import.meta.url)), "module_worker.js");

/** The end of the run, with its limit, as the judge asks for it (tools/browser/judge). */
export function runModule(bytes) {
  const worker = new Worker(script);
  const run = new ProgramRun(() => worker.terminate());
  worker.on("message", (message) => run.take(message));
  worker.on("error", (error) => run.fail(error));
  worker.postMessage(bytes);
  return run.result;
}
