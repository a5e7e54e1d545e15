// The work of a page's worker, in Node.
import { parentPort } from "node:worker_threads";

import { serve } from "../../tools/browser/host/program_worker.js";

const run = serve((message) => parentPort.postMessage(message));
parentPort.on("message", (bytes) => run(new WebAssembly.Module(bytes)));
