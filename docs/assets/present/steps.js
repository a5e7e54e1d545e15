// The steps of a lesson, made from its page and in the page's order. Nothing is written for them: a step shows a copy of
// what the page has. Only the replay is the page's own. What a step does not show (the prose, and what is folded) goes
// into the notes, for the teacher to say.
import { ROWS, chunks, columnsOf, partsOf, rowsOf, sideBySide } from "./code.js";
import { make } from "../dom.js";
import { predictionOf, questionOf } from "./hands.js";

const BLOCKS =
  "h1, h2, h3, p, ul, ol, blockquote, pre, table, .pair, .program, .question, workbook-replay, .what-if, .output, details, .exercise";
// What is for the reader at the desk: links, and what other scripts have added.
const NOT_OURS = "nav, section, .eyebrow, .resume, .printed-in, .limits";
const TABLE_ROWS = 3;

/** A copy without what only the page needs: addresses of headings, buttons, and links, which would lead away. */
export function copyOf(node) {
  const copy = node.cloneNode(true);
  for (const each of [copy, ...copy.querySelectorAll("[id]")]) each.removeAttribute("id");
  for (const each of copy.querySelectorAll(".headerlink, .to-line, .to-note, button")) each.remove();
  for (const each of copy.querySelectorAll("a")) each.replaceWith(make("span", {}, ...each.childNodes));
  return copy;
}
const nameOf = (figure) => figure.querySelector("figcaption a").textContent;

export function stepsOf(main) {
  const steps = [];
  const replayed = new Set(); // the programs whose outputs a replay has shown
  let section = "";
  let questions = 0;
  let heading = null; // of a part of the section, until the prose below it has come
  const add = (...more) => steps.push(...more.map((step) => ({ section, prose: [], ...step })));
  const blocks = [...main.querySelectorAll(BLOCKS)].filter(
    (node) => !node.closest(NOT_OURS) && !node.parentElement.closest(BLOCKS),
  );
  for (const node of blocks) {
    if (section === "Where to go next") break;
    if (node.matches("h1")) {
      section = "The question";
      add({ kind: "title", name: copyOf(node).textContent, shows: [node] });
    } else if (node.matches("h2")) {
      section = copyOf(node).textContent;
      heading = null;
    } else if (node.matches("h3")) {
      heading = { kind: "part", name: copyOf(node).textContent, shows: [node] };
      add(heading);
      heading = steps.at(-1);
      replayed.clear();
    } else if (node.matches("blockquote")) {
      add({ kind: "sentence", name: "The sentence", shows: [node] });
    } else if (node.matches("table")) {
      add(...tables(node));
    } else if (node.matches(".pair, .program")) {
      add(...programs(node));
    } else if (node.matches(".question")) {
      add(node.dataset.step === "predict" ? predictionOf(node) : questionOf(node, ++questions));
    } else if (node.matches("workbook-replay")) {
      for (const run of node.querySelectorAll(".screen")) replayed.add(run.dataset.program);
      add(replay(node));
    } else if (node.matches(".output")) {
      if (!replayed.has(nameOf(node))) add(...outputs(node));
    } else if (node.matches(".diff")) {
      add(...diffs(node));
    } else if (node.matches(".what-if")) {
      add({ kind: "what-if", name: "What if?", shows: [node.firstElementChild] });
    } else if (node.matches(".exercise")) {
      add(...exercise(node));
    } else {
      const above = steps.at(-1);
      if (opens(above, node) && (above.kind === "title" || above === heading)) above.shows.push(node);
      else above.prose.push(node);
    }
  }
  return steps;
}

/** Does this belong to the heading that the step shows? Its first paragraph does, and the commands around it. */
function opens({ shows }, node) {
  if (shows?.at(-1).nextElementSibling !== node) return false;
  return node.matches("pre") || (node.matches("p") && !shows.some((each) => each.matches("p")));
}

/** What a step is called where its section is not beside it. */
export const titleOf = ({ section, name }) => (name === section ? name : `${section}: ${name}`);

// ---- programs --------------------------------------------------------------------------------------

/** Rows in letters as large as the screen has room for: present.css reckons with how many there are, and how long. */
export function codeBox(rows, columns = columnsOf(rows), count = rows.length) {
  const pre = make("pre", {}, make("code", {}, ...rows));
  const box = make("div", { class: "code" }, pre);
  box.style.setProperty("--columns", columns);
  box.style.setProperty("--rows", Math.max(count, 10));
  return box;
}
function caption(figure, more = "") {
  const [name, what] = figure.querySelectorAll("figcaption > a, figcaption > span");
  return make("figcaption", {}, make("b", {}, name.textContent), ` ${what.textContent} `, make("span", {}, more));
}

function programs(node) {
  const all = node.matches(".pair") ? [...node.querySelectorAll(":scope > .program")] : [node];
  const steps = all.flatMap(notes);
  if (all.length === 2) steps.push(...beside(all));
  return steps;
}

/** A step for each note, and one for each part of the program that has none. */
function notes(program) {
  const figure = program.querySelector(".listing");
  const rows = rowsOf(figure);
  const parts = partsOf(rows);
  const columns = columnsOf(rows);
  const items = [...program.querySelectorAll(".notes > ol > li")];
  const steps = [];
  let shown = -1; // the last part that was
  const step = (part, number, item, lit = []) => {
    shown = Math.max(shown, part);
    const [from, to] = parts[part];
    const where = parts.length > 1 ? `lines ${from + 1} to ${to} of ${rows.length}` : "";
    steps.push({
      kind: "program",
      name: nameOf(figure) + (item ? `, note ${number}` : `, ${where || "all of it"}`),
      show(box) {
        const mine = rows.slice(from, to).map((row) => {
          const copy = copyOf(row);
          copy.classList.toggle("lit", lit.includes(row));
          return copy;
        });
        const left = make("figure", {}, caption(figure, where), codeBox(mine, columns));
        box.append(left);
        box.dataset.role = program.dataset.role;
        if (!item) return;
        const text = make("div", { class: "fits" }, ...copyOf(item.firstElementChild).childNodes);
        box.append(make("aside", {}, make("b", { class: "number" }, number), text));
      },
    });
  };
  items.forEach((item, n) => {
    const number = String(n + 1);
    const row = rows.findIndex((each) => each.dataset.note === number);
    const part = parts.findIndex(([from, to]) => from <= row && row < to);
    for (let before = shown + 1; before < part; ++before)
      if (!rows.slice(...parts[before]).some((each) => each.dataset.note)) step(before);
    step(part, number, item, statementAt(rows, row));
  });
  for (let rest = shown + 1; rest < parts.length; ++rest) step(rest);
  return steps;
}

/** A row, and those below it that its call or signature goes on in (listings.js marks them). */
function statementAt(rows, at) {
  let end = at + 1;
  while (rows[end]?.matches(".goes-on")) ++end;
  return rows.slice(at, end);
}

function beside(all) {
  const figures = all.map((program) => program.querySelector(".listing"));
  const screens = sideBySide(...figures.map(rowsOf));
  const columns = Math.max(...figures.map((figure) => columnsOf(rowsOf(figure))));
  return screens.map((screen, n) => ({
    kind: "beside",
    name: `Side by side${screens.length > 1 ? `, ${n + 1} of ${screens.length}` : ""}`,
    show(box) {
      figures.forEach((figure, side) => {
        const rows = screen.map((pair) =>
          pair[side] ? copyOf(pair[side]) : make("span", { class: "row" }, "\n"),
        );
        const mine = make("figure", {}, caption(figure), codeBox(rows, columns));
        mine.dataset.role = all[side].dataset.role;
        box.append(mine);
      });
    },
  }));
}

function outputs(figure) {
  const lines = figure.querySelector("samp").textContent.trimEnd().split("\n");
  const screens = chunks(lines, 16);
  return screens.map((screen, n) => ({
    kind: "output",
    name: `What ${nameOf(figure)} prints${screens.length > 1 ? `, ${n + 1} of ${screens.length}` : ""}`,
    show(box) {
      const pre = make("pre", { class: "fits" }, make("samp", {}, screen.join("\n")));
      const copy = make("figure", {}, make("figcaption", {}, make("b", {}, nameOf(figure)), " prints"), pre);
      copy.dataset.role = figure.dataset.role;
      box.append(copy);
    },
  }));
}

/** The changed rows, some at a time; "7 lines are the same" is a row, too. */
function diffs(details) {
  const rows = [...details.querySelectorAll(".row, .fold")];
  const columns = columnsOf(rows);
  // (In front of each line is its sign.)
  const screens = partsOf(rows, ROWS, (row) => row.textContent.slice(2).trimEnd())
    .map((part) => rows.slice(...part))
    .filter((screen) => screen.some((row) => row.matches("del, ins")));
  return screens.map((screen, n) => ({
    kind: "diff",
    name: `The difference${screens.length > 1 ? `, ${n + 1} of ${screens.length}` : ""}`,
    show(box) {
      const head = make("figcaption", {}, ...copyOf(details.querySelector("summary")).childNodes);
      box.append(make("figure", { class: "diff" }, head, codeBox(screen.map(copyOf), columns)));
    },
  }));
}

// ---- the rest --------------------------------------------------------------------------------------

/** The page's own replay, which goes back to its place. Going on plays it first, then shows its end. */
function replay(node) {
  const play = () => node.querySelector(".play").click();
  return {
    kind: "run",
    name: `The replay: ${[...node.querySelectorAll(".group > p > b")].map((b) => b.textContent).join(", ")}`,
    show(box) {
      const place = document.createComment("the replay is on the wall");
      const { hidden } = node; // by a run of the reader's own, which is in its place
      node.replaceWith(place);
      node.hidden = false;
      box.append(make("div", { class: "zooms" }, node));
      return () => {
        node.pause();
        node.hidden = hidden;
        for (const name of ["zoom", "--lines"]) node.style.removeProperty(name);
        place.replaceWith(node);
      };
    },
    next() {
      if (node.dataset.state === "ended") return false;
      if (node.dataset.state === "playing") node.seek(node.end);
      else node.play();
      return true;
    },
    actions: () => [
      ["Play or pause", play],
      ["Back one line", () => node.step(-1)],
      ["Forward one line", () => node.step(1)],
      ["To the beginning", () => node.restart()],
    ],
  };
}

function tables(table) {
  const rows = [...table.querySelectorAll("tbody tr")];
  const screens = chunks(rows, TABLE_ROWS);
  return screens.map((screen, n) => ({
    kind: "table",
    name: `Table${screens.length > 1 ? `, ${n + 1} of ${screens.length}` : ""}`,
    show(box) {
      const head = table.tHead ? [copyOf(table.tHead)] : [];
      const copy = make("table", {}, ...head, make("tbody", {}, ...screen.map(copyOf)));
      box.append(make("div", { class: "fits" }, copy));
    },
  }));
}

function exercise(node) {
  const figure = node.querySelector(".program .listing");
  const rows = rowsOf(figure);
  const todo = partsOf(rows).filter((part) => rows.slice(...part).some((row) => row.matches(".todo")));
  return [
    { kind: "exercise", name: "The exercise", shows: [node.querySelector(".task")], lines: node.querySelector(".screen") },
    ...todo.map(([from, to]) => ({
      kind: "program",
      name: `exercise.cpp, lines ${from + 1} to ${to}`,
      show(box) {
        const where = `lines ${from + 1} to ${to} of ${rows.length}`;
        const mine = codeBox(rows.slice(from, to).map(copyOf), columnsOf(rows));
        box.append(make("figure", {}, caption(figure, where), mine));
        box.dataset.role = "other";
      },
    })),
  ];
}
