// Predictions and quizzes. On the page they are a question, its choices as a list, and the answer in
// <details>, which remain without scripts. Here the lists become buttons. The first guess at the prediction is kept,
// and shown where the page says what changed.
import { make } from "./dom.js";
import { offered } from "./offered.js";
import { progress } from "./progress.js";

const { lesson } = document.body.dataset;

document.querySelectorAll(".question").forEach((question, nth) => {
  const answer = question.querySelector("details.answer");
  const status = make("p", { class: "judgement", role: "status" });
  const answered = () =>
    question.dispatchEvent(
      new CustomEvent("workbook:did", { bubbles: true, detail: `question ${nth + 1}` }),
    );
  answer.addEventListener("toggle", () => {
    if (answer.open) answered();
  });
  (question.dataset.kind === "order" ? order : choose)(question, answer, status, answered);
});

function choose(question, answer, status, answered) {
  const right = Number(question.dataset.right);
  const why = (n) => answer.querySelector(`[data-choice="${n}"] > p`).cloneNode(true).childNodes;
  const list = question.querySelector(":scope > ol");
  list.classList.add("choices");
  const texts = [...list.children].map(({ textContent }) => textContent.trim());
  const guess = question.dataset.step === "predict" ? guesses([texts[right - 1]]) : null;
  const buttons = [...list.children].map((item, n) => {
    const button = make("button", { type: "button" }, ...item.childNodes);
    // A loose list has paragraphs in its items; a button may not.
    button.querySelectorAll("p").forEach((p) => p.replaceWith(...p.childNodes));
    item.append(button);
    button.addEventListener("click", () => {
      const verdict = n + 1 === right ? "right" : "wrong";
      item.dataset.verdict = verdict;
      status.dataset.verdict = verdict;
      guess?.keep([texts[n]]);
      if (verdict === "wrong") {
        status.replaceChildren(...why(n + 1));
        return;
      }
      status.textContent = `Yes, ${n + 1}.`;
      answer.open = true;
      answered();
    });
    return button;
  });
  if (buttons.length) list.after(status);
}

function order(question, answer, status, answered) {
  const lines = [...answer.querySelectorAll("li")].map((item) => item.textContent);
  const guess = guesses(lines);
  const choices = offered(lines);
  const chosen = [];

  const pool = make("div", { class: "pool", role: "group", "aria-label": "Lines to choose from" });
  const mine = make("ol", { class: "mine", "aria-label": "Your prediction" });
  const check = make("button", { type: "button", class: "primary" }, "Check");
  const clear = make("button", { type: "button", class: "quiet" }, "Start over");
  const show = make("button", { type: "button", class: "quiet" }, "Show the answer");
  const buttons = choices.map((text, n) => {
    const button = make("button", { type: "button" }, text);
    button.addEventListener("click", () => {
      chosen.push(n);
      draw();
      (buttons.find((b) => !b.disabled) ?? check).focus();
    });
    return button;
  });

  function draw(judged = false) {
    buttons.forEach((button, n) => {
      button.disabled = chosen.includes(n);
    });
    mine.replaceChildren(
      ...lines.map((_, place) => {
        const n = chosen[place];
        if (n === undefined) return make("li", { class: "free" });
        const item = make("li");
        const button = make(
          "button",
          { type: "button", "aria-label": `${choices[n]}: take it back` },
          choices[n],
        );
        button.addEventListener("click", () => {
          chosen.splice(place, 1);
          draw();
          buttons[n].focus();
        });
        item.append(button);
        if (judged) {
          item.dataset.verdict = choices[n] === lines[place] ? "right" : "wrong";
          item.append(
            make(
              "span",
              { class: "verdict-word" },
              item.dataset.verdict === "right" ? "✓ here" : "✗ not here",
            ),
          );
        }
        return item;
      }),
    );
    check.disabled = chosen.length < lines.length;
    clear.disabled = chosen.length === 0;
    if (!judged) {
      status.textContent = chosen.length
        ? ""
        : "Click the lines in the order in which they will be printed.";
      delete status.dataset.verdict;
    }
  }

  check.addEventListener("click", () => {
    const good = chosen.filter((n, place) => choices[n] === lines[place]).length;
    guess.keep(chosen.map((n) => choices[n]));
    draw(true);
    status.dataset.verdict = good === lines.length ? "right" : "wrong";
    status.textContent =
      good === lines.length
        ? "Exactly so. Now watch it happen."
        : `${good} of ${lines.length} lines ${good === 1 ? "is" : "are"} in place. Take lines back and try again, or watch the replay.`;
    if (good === lines.length) answered();
  });
  clear.addEventListener("click", () => {
    chosen.length = 0;
    draw();
    buttons[0].focus();
  });
  show.addEventListener("click", () => {
    answer.hidden = false;
    answer.open = true;
    show.hidden = true;
    answer.querySelector("summary").focus();
  });
  answer.hidden = true;
  question.insertBefore(make("div", { class: "ordering" }, pool, mine), answer);
  question.insertBefore(status, answer);
  question.insertBefore(make("div", { class: "actions" }, check, clear, show), answer);
  pool.append(...buttons);
  draw();
}

/** Of the prediction: `right` is what should have been guessed, line by line, or as one choice. */
function guesses(right) {
  const shown = make("div", { class: "guess" });
  document.getElementById("what-changed")?.after(shown);

  function show() {
    const { guess } = progress.of(lesson);
    // (A guess at another wording of the question is not shown: its verdict would be wrong.)
    if (guess?.right.join("\n") !== right.join("\n")) return;
    const good = guess.said.filter((line, n) => line === right[n]).length;
    const all = good === right.length;
    if (right.length === 1) {
      const said = make("q", {}, guess.said[0]);
      const instead = all ? [", and so it is."] : [". It is: ", make("q", {}, right[0])];
      shown.replaceChildren(make("p", {}, make("b", {}, "Your first guess: "), said, ...instead));
      return;
    }
    const items = guess.said.map((line, n) =>
      make("li", {}, line, line === right[n] ? " ✓" : make("span", {}, ` ✗ no: ${right[n]}`)),
    );
    const count = all ? "every line in its place" : `${good} of ${right.length} lines in their place`;
    shown.replaceChildren(
      make("p", {}, make("b", {}, "Your first guess"), `, with ${count}:`),
      make("ol", { class: "printed" }, ...items),
    );
  }
  show();
  return {
    keep(said) {
      if (progress.of(lesson).guess?.right.join("\n") === right.join("\n")) return;
      progress.change(lesson, (mine) => {
        mine.guess = { said, right };
      });
      show();
    },
  };
}
