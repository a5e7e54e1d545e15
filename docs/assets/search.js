// The search, in the index that the build has made of all pages.
import { make } from "./dom.js";

const dialog = document.querySelector("dialog.search");
const [input, status, results] = ["input", "[role=status]", "ol"].map((what) =>
  dialog.querySelector(what),
);
const base = document.body.dataset.base;
let index;

// A script, not a fetch: a page that was opened as a file may load it, too.
const load = () =>
  (index ??= new Promise((done, fail) => {
    const script = make("script", { src: `${base}/search.js` });
    script.onload = () =>
      done(
        window.workbookIndex.map(([place, title, text]) => ({
          place,
          title,
          text,
          inTitle: title.toLowerCase(),
          inText: text.toLowerCase(),
        })),
      );
    script.onerror = fail;
    document.head.append(script);
  }));

const excerpt = (text, at, word) => {
  const from = Math.max(0, text.lastIndexOf(" ", at - 40) + 1);
  return [
    (from ? "… " : "") + text.slice(from, at),
    make("mark", {}, text.slice(at, at + word.length)),
    text.slice(at + word.length, at + 110) + " …",
  ];
};

async function search() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = words.length
    ? (await load())
        .map((entry) => ({
          entry,
          score: words.reduce((sum, word) => {
            const title = entry.inTitle.includes(word),
              text = entry.inText.includes(word);
            return title || text
              ? sum + (title ? 10 : 0) + (text ? 1 : 0) + (entry.place.includes("#") ? 0 : 0.5)
              : -Infinity;
          }, 0),
        }))
        .filter(({ score }) => score > 0)
        .sort((a, b) => b.score - a.score)
    : [];
  results.replaceChildren(
    ...found.slice(0, 12).map(({ entry }) => {
      const word = words.find((word) => entry.inText.includes(word)) ?? "";
      return make(
        "li",
        {},
        make(
          "a",
          { href: `${base}/${entry.place}` },
          make("b", {}, entry.title),
          make("span", {}, ...excerpt(entry.text, Math.max(0, entry.inText.indexOf(word)), word)),
        ),
      );
    }),
  );
  status.textContent = !words.length
    ? ""
    : found.length === 0
      ? "Nothing found."
      : found.length === 1
        ? "One place."
        : `${found.length} places${found.length > 12 ? ", the first 12 of them" : ""}.`;
}

const open = () => {
  dialog.showModal();
  input.select();
  load();
};
document.querySelector(".search-open").addEventListener("click", open);
addEventListener("keydown", (event) => {
  if (
    event.key === "/" &&
    !event.ctrlKey &&
    !event.metaKey &&
    !event.altKey &&
    !event.target.isContentEditable &&
    !event.target.closest("input, textarea, select, dialog")
  ) {
    event.preventDefault();
    open();
  }
});
input.addEventListener("input", search);
// Enter goes to the first place, the arrows walk through all of them.
dialog.addEventListener("keydown", (event) => {
  const links = [...results.querySelectorAll("a")],
    at = links.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && links.length) {
    event.preventDefault();
    (links[at + step] ?? input).focus();
  } else if (event.key === "Enter" && event.target === input) {
    event.preventDefault();
    links[0]?.click();
  } else if (event.key === "Escape") {
    // a search field would only be emptied
    event.preventDefault();
    dialog.close();
  }
});
results.addEventListener("click", (event) => {
  if (event.target.closest("a")) dialog.close();
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
