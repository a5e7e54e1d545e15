// The pages as ./workbook serve shows them: programs run, and the exercise is written and checked here.
// ../served.js loads this where there is a token, and hands it over; elsewhere no script does.
import { make } from "../dom.js";
import { Away, Refused } from "./errors.js";
import * as server from "./server.js";
import { runBoxes } from "./run.js";
import { exerciseDesk } from "./exercise.js";

const style = make("link", { rel: "stylesheet", href: new URL("live.css", import.meta.url) });
const styled = new Promise((done) => {
  style.onload = style.onerror = done;
});
document.head.append(style);

const { lesson } = document.body.dataset;
let begun = false;
async function begin() {
  if (!lesson || begun) return;
  try {
    const about = await server.ask("GET", `lessons/${lesson}`);
    if (begun) return;
    begun = true;
    await styled;
    runBoxes(lesson, about, server, {
      limits: "Builds and runs the real programs on your machine, with your rights. Their limits (time, memory, output) are against accidents: this is not a sandbox.",
    });
    if (about.exercise)
      await exerciseDesk(lesson, server, {
        limits: "The check builds and runs this file on your machine, with your rights. Its limits (time, memory, output) are against accidents: this is not a sandbox.",
      });
  } catch (error) {
    // Away: it begins when the server is back.
    if (!(error instanceof Away) && !(error instanceof Refused)) throw error;
  }
}
document.addEventListener("workbook:back", begin);

export function take(token) {
  server.take(token);
  begin();
}
