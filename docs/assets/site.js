// What every page has: the scheme, search, copying, the pair of programs as tabs, and progress.
"use strict";

// Private windows and locked-down browsers throw at any use of the storage: then nothing is kept.
const store = {
  get(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(key, value);
    } catch {
      /* nothing is kept */
    }
  },
  remove(key) {
    try {
      localStorage.removeItem(key);
    } catch {
      /* nothing was kept */
    }
  },
};

function make(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

// ---- light and dark ----------------------------------------------------------------------------
document.querySelector("button.scheme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.scheme
    ? root.dataset.scheme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.scheme = dark ? "light" : "dark";
  store.set("workbook-scheme", root.dataset.scheme);
});

// ---- listings ----------------------------------------------------------------------------------
for (const figure of document.querySelectorAll(".listing")) {
  const button = make("button", { type: "button", class: "copy" }, "Copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(figure.querySelector("code").textContent);
      button.textContent = "Copied";
    } catch {
      // not allowed (a page opened as a file, in some browsers): select it, Ctrl+C does the rest
      getSelection().selectAllChildren(figure.querySelector("code"));
      button.textContent = "Selected";
    }
    setTimeout(() => {
      button.textContent = "Copy";
    }, 2000);
  });
  figure.querySelector("figcaption").append(button);
}

// A note and its lines light up together.
for (const program of document.querySelectorAll(".program.noted"))
  program.querySelectorAll(".notes > ol > li").forEach((note, n) => {
    const lines = [...program.querySelectorAll("[data-note]")].filter((row) =>
      row.dataset.note.split(" ").includes(String(n + 1)),
    );
    for (const node of [note, ...lines]) {
      node.addEventListener("pointerenter", () =>
        [note, ...lines].forEach((x) => x.classList.add("lit")),
      );
      node.addEventListener("pointerleave", () =>
        [note, ...lines].forEach((x) => x.classList.remove("lit")),
      );
    }
  });

// Where two programs do not fit side by side, one is shown at a time (assets/workbook.css says where).
for (const pair of document.querySelectorAll(".pair")) {
  const programs = [...pair.querySelectorAll(":scope > .program")];
  const names = programs.map((program) => program.querySelector("figcaption a").textContent);
  const show = (chosen) =>
    programs.forEach((program, n) => {
      program.classList.toggle("other", n !== chosen);
      buttons[n].setAttribute("aria-pressed", String(n === chosen));
    });
  const buttons = programs.map((program, n) => {
    const button = make("button", { type: "button", "data-role": program.dataset.role }, names[n]);
    button.addEventListener("click", () => show(n));
    return button;
  });
  pair.prepend(
    make(
      "div",
      { class: "tabs", role: "group", "aria-label": "Which program to show" },
      ...buttons,
    ),
  );
  pair.classList.add("tabbed");
  show(0);
}

// ---- search ------------------------------------------------------------------------------------
{
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
}

// ---- progress ----------------------------------------------------------------------------------
// A lesson is done when its run has been watched to the end and all its questions have been answered.
const progress = {
  key: "workbook-progress",
  read() {
    try {
      return JSON.parse(store.get(this.key)) ?? {};
    } catch {
      return {};
    }
  },
  note(lesson, what, of) {
    if (!lesson) return;
    const all = this.read();
    const mine = (all[lesson] ??= { did: [] });
    if (of !== undefined) mine.of = of;
    if (!mine.did.includes(what)) mine.did.push(what);
    store.set(this.key, JSON.stringify(all));
    this.show();
  },
  show() {
    const all = this.read();
    for (const node of document.querySelectorAll("a[data-lesson], li[data-lesson]")) {
      const mine = all[node.dataset.lesson];
      const state = !mine ? "" : mine.did.length >= mine.of ? "done" : "begun";
      node.dataset.progress = state;
      for (const mark of node.querySelectorAll(".mark")) {
        mark.textContent = { done: "✓", begun: "◐", "": "" }[state];
        if (state)
          mark.append(make("span", { class: "unseen" }, { done: " done", begun: " begun" }[state]));
      }
    }
    const forget = document.querySelector(".forget");
    if (forget) forget.hidden = Object.keys(all).length === 0;
  },
};
{
  const { lesson, questions } = document.body.dataset;
  // The event says what was done: "watch", or "question 2".
  document.addEventListener("workbook:did", (event) =>
    progress.note(lesson, event.detail, Number(questions) + 1),
  );
  const cards = document.querySelector(".cards");
  if (cards) {
    const forget = make("button", { type: "button", class: "forget quiet" }, "Forget my progress");
    forget.addEventListener("click", () => {
      store.remove(progress.key);
      progress.show();
      cards.querySelector("a").focus();
    });
    cards.after(forget);
  }
  progress.show();
  addEventListener("pageshow", () => progress.show()); // back from a lesson, out of the browser's cache
}

// ---- served by ./workbook serve ----------------------------------------------------------------
// The address that it prints brings a token: a page that has it can run programs (assets/live/). A copy of
// the pages has none, and nothing of all that.
const served = {
  key: "workbook-token",
  token: "",
  take(token) {
    this.token = token;
    try {
      sessionStorage.setItem(this.key, token);
    } catch {
      /* then only as long as this page is open */
    }
    this.began ??= import(
      new URL("assets/live/live.js", new URL(`${document.body.dataset.base}/`, location))
    );
    document.dispatchEvent(new CustomEvent("workbook:token"));
  },
};
if (/^http:\/\/(127\.0\.0\.1|localhost):/.test(location.href)) {
  // A page opened in another tab asks the others, and a new token reaches them all.
  const tabs = new BroadcastChannel(served.key);
  const fromAddress = () => {
    const [, token] = /^#token=([0-9a-f]{64})$/.exec(location.hash) ?? [];
    if (!token) return;
    history.replaceState(history.state, "", location.pathname + location.search);
    served.take(token);
    tabs.postMessage(token);
  };
  tabs.addEventListener("message", ({ data }) => {
    if (data !== "which?") {
      if (data !== served.token) served.take(data);
    } else if (served.token) tabs.postMessage(served.token);
  });
  addEventListener("hashchange", fromAddress);
  fromAddress();
  if (!served.token) {
    let kept;
    try {
      kept = sessionStorage.getItem(served.key);
    } catch {
      /* nothing is kept */
    }
    if (kept) served.take(kept);
    else tabs.postMessage("which?");
  }
}
