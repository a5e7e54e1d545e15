// The pages as ./workbook serve shows them: programs run, and the exercise is written and checked here.
// ../served.js loads this where there is a token, and hands it over; elsewhere nobody does.
import { make } from "../dom.js";
import { Away, Refused, ask, take as takeToken } from "./server.js";
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
    const about = await ask("GET", `lessons/${lesson}`);
    if (begun) return;
    begun = true;
    await styled;
    runBoxes(lesson, about);
    if (about.exercise) await exerciseDesk(lesson);
  } catch (error) {
    // Away: it begins when the server is back.
    if (!(error instanceof Away) && !(error instanceof Refused)) throw error;
  }
}
document.addEventListener("workbook:back", begin);

export function take(token) {
  takeToken(token);
  begin();
}
