// Questions in front of a class: the hands that go up are counted, for each choice or, where lines are put in order, for
// each line at a place.
import { button, make } from "../dom.js";
import { offered } from "../offered.js";

const PLACES = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"];

/** The counted hands: `counts` of each choice, for each of `places`. */
class Tally {
  constructor(choices, places) {
    this.places = places;
    this.place = 0;
    this.counts = Array.from({ length: places }, () => choices.map(() => 0));
    this.changed = () => {};
  }
  get hands() {
    return this.counts[this.place];
  }
  add(choice, by) {
    if (choice < 0 || choice >= this.hands.length) return;
    this.hands[choice] = Math.max(0, this.hands[choice] + by);
    this.changed();
  }
  go(by) {
    this.place = (this.place + by + this.places) % this.places;
    this.changed();
  }
}

/** The contents of the question's choices, wherever questions.js has put them. */
const choicesOf = (question) =>
  [...question.querySelectorAll(":scope > ol > li")].map((item) =>
    [...(item.querySelector("button") ?? item).childNodes].map((node) => node.cloneNode(true)),
  );
const headOf = (question) => question.querySelector(":scope > p").cloneNode(true);
const answerOf = (question) =>
  [...question.querySelectorAll("details.answer > :not(summary)")].map((node) => node.cloneNode(true));

/** The prediction. It is not given away here: the replay does that, and `answer` is for the teacher's eyes. */
export function predictionOf(question) {
  if (question.dataset.kind !== "order") return voteOn(question, choicesOf(question), 1);
  const lines = [...question.querySelectorAll("details.answer li")].map((item) => item.textContent);
  const choices = offered(lines).map((line) => [make("samp", {}, line)]);
  return voteOn(question, choices, lines.length);
}

/** A vote for each of `places`, in turn, if there are several. */
function voteOn(question, choices, places) {
  const tally = new Tally(choices, places);
  const turns = [
    ["Previous place", () => tally.go(-1)],
    ["Next place", () => tally.go(1)],
  ];
  return {
    kind: "vote",
    name: "Predict",
    tally,
    answer: () => answerOf(question),
    show: (box) => vote(box, headOf(question), choices, tally),
    actions: () => [...(places > 1 ? turns : []), ...counters(tally)],
  };
}

function counters(tally) {
  return tally.hands.map((_, n) => [`One more for ${n + 1}`, () => tally.add(n, 1)]);
}

function vote(box, head, choices, tally) {
  const labelled = (text, label, action) => button(text, action, { "aria-label": label });
  const counts = choices.map(() => make("output", {}, "0"));
  const items = choices.map((content, n) =>
    make(
      "li",
      {},
      make("div", {}, ...content.map((node) => node.cloneNode(true))),
      make(
        "div",
        { class: "hands" },
        labelled("−", `One fewer for ${n + 1}`, () => tally.add(n, -1)),
        counts[n],
        labelled("+", `One more for ${n + 1}`, () => tally.add(n, 1)),
      ),
    ),
  );
  const parts = [head];
  let place;
  if (tally.places > 1) {
    place = make("b", {});
    const line = make(
      "p",
      { class: "place" },
      labelled("‹", "Previous place", () => tally.go(-1)),
      place,
      labelled("›", "Next place", () => tally.go(1)),
    );
    parts.push(line);
  }
  box.append(make("div", { class: "fits" }, ...parts, make("ol", { class: "votes" }, ...items)));
  tally.changed = () => {
    const most = Math.max(1, ...tally.hands);
    items.forEach((item, n) => {
      counts[n].textContent = tally.hands[n];
      item.style.setProperty("--share", tally.hands[n] / most);
    });
    if (place) place.textContent = `Which line is printed ${PLACES[tally.place]}?`;
  };
  tally.changed();
}

/** A question whose answer is uncovered when the class goes on. */
export function questionOf(question, number) {
  const right = Number(question.dataset.right) - 1;
  let uncovered = false;
  let uncover = () => {};
  return {
    kind: "question",
    name: `Question ${number}`,
    answer: () => answerOf(question),
    show(box) {
      const items = choicesOf(question).map((content) => make("li", {}, make("div", {}, ...content)));
      const why = make("div", { class: "why" }, ...answerOf(question));
      box.append(make("div", { class: "fits" }, headOf(question), make("ol", { class: "votes" }, ...items), why));
      uncover = () => {
        why.classList.toggle("covered", !uncovered);
        items[right]?.classList.toggle("right", uncovered);
      };
      uncover();
    },
    next() {
      if (uncovered) return false;
      uncovered = true;
      uncover();
      return true;
    },
    actions: () => [
      [
        "Show or hide the answer",
        () => {
          uncovered = !uncovered;
          uncover();
        },
      ],
    ],
  };
}
