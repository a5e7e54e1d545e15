// A lesson in front of a class: full screen, a step at a time. assets/present.js loads this and asks for it.
import { Stage } from "./stage.js";
import { stepsOf } from "./steps.js";

let stage;
document.addEventListener("workbook:present", ({ detail: step }) => {
  if (stage?.open) return stage.go(step - 1);
  const main = document.querySelector("main");
  stage = new Stage(stepsOf(main));
  stage.begin(step - 1);
});
