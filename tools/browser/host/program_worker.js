// Runs one program in a worker, and reports its output as it writes it: a program that computes without end is
// ended with the worker, and its output up to then is known.
import { runProgram } from "./program.js";

// Large output is reported in pieces.
const AT_ONCE = 1000;
const PIECE = 16384;

export function serve(post) {
  return (module) => {
    let writes = 0;
    let waiting = { output: "", errors: "", record: "" };
    const tell = () => {
      post({ kind: "written", ...waiting });
      waiting = { output: "", errors: "", record: "" };
    };
    const onWrite = (name, text) => {
      waiting[name] += text;
      if (++writes < AT_ONCE || waiting[name].length > PIECE) tell();
    };
    post({ kind: "ended", ...runProgram(module, { onWrite }) });
  };
}

if (typeof self !== "undefined" && typeof self.postMessage === "function") {
  const run = serve((message) => self.postMessage(message));
  self.onmessage = ({ data }) => run(data.module);
}
