// Programs on the wall: which rows stand on the screen at the same time. No part is longer than the last row of a class
// can read, and each is shown whole.

/** Rows of one program; with these a letter is about a 36th of the screen's height. */
export const ROWS = 22;
/** Rows of two programs side by side, whose width decides their letters anyway. */
const ROWS_OF_PAIR = 28;

export const rowsOf = (figure) => [...figure.querySelectorAll(".row")];
const textOf = (row) => (row ? row.textContent.trimEnd() : "");

/** Where to cut a piece that has no empty line: before one of its outermost statements, near the middle. */
function inside(lines, from, limit) {
  let end = from;
  while (lines[end]) ++end;
  const places = [];
  for (let n = Math.max(from + 1, end - limit); n < Math.min(end, from + limit); ++n)
    if (!/^\s*[})]/.test(lines[n])) places.push(n);
  const indent = (n) => lines[n].search(/\S/);
  const off = (n) => Math.abs(n - (from + end) / 2);
  const [best] = places.sort((a, b) => indent(a) - indent(b) || off(a) - off(b));
  return best ?? Math.min(from + limit, lines.length);
}

/** [from, to] of each part of a program: cut where a function ends, else at an empty line, else where it must be. */
export function partsOf(rows, limit = ROWS, text = textOf) {
  const lines = rows.map(text);
  const parts = [];
  let from = 0;
  while (from < lines.length) {
    if (!lines[from]) {
      ++from;
      continue;
    }
    const last = Math.min(from + limit, lines.length);
    let to = last;
    if (last < lines.length) {
      const cuts = [];
      for (let n = from + 1; n <= last; ++n) if (!lines[n - 1]) cuts.push(n);
      const outer = cuts.filter((n) => /^[^\s}]/.test(lines[n] ?? ""));
      const enough = (n) => n - from >= limit / 3;
      to = outer.findLast(enough) ?? cuts.findLast(enough) ?? outer.at(-1) ?? cuts.at(-1) ?? inside(lines, from, limit);
    }
    let end = to;
    while (!lines[end - 1]) --end;
    // The end of a namespace belongs to what is before it.
    const ends = lines.slice(from, end).every((line) => /^\s*[})]/.test(line));
    if (ends && parts.length) parts.at(-1)[1] = end;
    else parts.push([from, end]);
    from = to;
  }
  return parts;
}

/** The functions and types of a program, each with its name; what comes before them is left out. */
function blocksOf(rows) {
  const blocks = [];
  rows.forEach((row, n) => {
    const line = textOf(row);
    const begins = n > 0 && !textOf(rows[n - 1]) && /^[^\s}]/.test(line);
    if (n === 0 || begins) blocks.push([]);
    blocks.at(-1).push(row);
  });
  for (const block of blocks) while (block.length && !textOf(block.at(-1))) block.pop();
  return blocks
    .map((block) => ({ rows: block, name: nameOf(block) }))
    .filter(({ name }) => name);
}
function nameOf(block) {
  const code = block.map(textOf).filter((line) => line && !/^(\/\/|#|using )/.test(line));
  const first = /\b(?:struct|class)\s+(\w+)|(\w+)\(/.exec(code.join("\n"));
  return first ? (first[1] ?? first[2]) : (code[0] ?? "");
}

/** Functions and types of two programs, each beside the one of the same name. Where one program alone has some, they are
 *  beside those that the other one alone has at the same place, or beside nothing. */
function matched(mine, other) {
  const pairs = [];
  const alone = [[], []];
  const settle = () => {
    for (let n = 0; n < Math.max(...alone.map((blocks) => blocks.length)); ++n)
      pairs.push(alone.map((blocks) => blocks[n]?.rows ?? []));
    alone.forEach((blocks) => blocks.splice(0));
  };
  while (mine.length || other.length) {
    if (mine.length && mine[0].name === other[0]?.name) {
      settle();
      pairs.push([mine.shift().rows, other.shift().rows]);
    } else if (mine.length && !other.some(({ name }) => name === mine[0].name)) alone[0].push(mine.shift());
    else alone[1].push(other.shift());
  }
  settle();
  return pairs;
}

/** Two programs as screens of rows that belong beside each other; a row that has none beside it is beside null. */
export function sideBySide(left, right) {
  const screens = [];
  let screen = [];
  for (const [a, b] of matched(blocksOf(left), blocksOf(right))) {
    const rows = Array.from({ length: Math.max(a.length, b.length) }, (_, n) => [a[n] ?? null, b[n] ?? null]);
    if (screen.length && screen.length + 1 + rows.length > ROWS_OF_PAIR) {
      screens.push(screen);
      screen = [];
    }
    if (screen.length) screen.push([null, null]);
    const [fits, ...rest] = chunks([...screen, ...rows], ROWS_OF_PAIR);
    screen = fits;
    for (const more of rest) {
      screens.push(screen);
      screen = more;
    }
  }
  if (screen.length) screens.push(screen);
  return screens;
}

/** The longest of these rows, in letters. */
export const columnsOf = (rows) => Math.max(40, ...rows.map((row) => textOf(row).length));

/** As few screens as hold these rows, about equally full. */
export function chunks(all, size) {
  const count = Math.ceil(all.length / size);
  const cut = (n) => Math.round((n * all.length) / count);
  return Array.from({ length: count }, (_, n) => all.slice(cut(n), cut(n + 1)));
}
