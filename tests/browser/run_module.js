// Runs a module in its own worker, and ends it if it computes for too long.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

import { OUTPUT_LIMIT } from "../../tools/browser/host/program.js";

const SECONDS = 5;
const script = join(dirname(fileURLToPath(import.meta.url)), "module_worker.js");

/** The end of the run, with its limit, as the judge asks for it (tools/browser/judge). */
export function runModule(bytes) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(script);
    const done = (result) => {
      clearTimeout(timer);
      worker.terminate();
      resolve(result);
    };
    const written = { output: "", errors: "", record: "" };
    const timer = setTimeout(() => done({ ...written, status: 0, trap: "", end: "computing", limit: SECONDS }), SECONDS * 1000);
    worker.on("message", ({ kind, ...told }) => {
      if (kind === "ended") done({ ...told, limit: OUTPUT_LIMIT });
      else for (const name of Object.keys(written)) written[name] += told[name];
    });
    worker.on("error", reject);
    worker.postMessage(bytes);
  });
}
