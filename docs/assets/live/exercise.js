// The exercise in the page: the learner's own file in my/, written and checked here as ./workbook check does it.
import { button, make } from "../dom.js";
import { Away, Refused } from "./errors.js";
import { TextBox } from "./text_box.js";

const LARGEST = 1 << 20; // bytes of a file
const NAMES = {
  saved: "saved",
  unsaved: "not saved",
  unkept: "not kept: the browser has no room, or this window is private. Export it before you leave.",
  starter: "the starter, not saved yet",
};

/**
 * @param {{ask: function, Job: function}} host Keeps the file and checks it: server.js, or ../here/page_host.js.
 * @param {{limits: string, carries?: boolean}} words The sentences for the reader; whether the file is to be carried
 *   to and from other places, because it is in none that an editor knows.
 */
export async function exerciseDesk(lesson, host, words) {
  const listing = document.querySelector(".exercise .work > .program");
  if (!listing) return;
  try {
    new Desk(lesson, await host.ask("GET", `exercises/${lesson}`), listing, host, words);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    listing.before(make("p", { class: "limits", role: "status" }, error.message));
  }
}

const styled = (look, text, action) => button(text, action, { class: look });

class Desk {
  #host;
  #lesson;
  #path;
  #version;
  #exists;
  #kept; // the text of that version, as it is in the file
  #unkept = false; // whether the host forgets it with the page
  #box; // where the text is written
  #job; // while a check runs
  #ui = {};

  constructor(lesson, file, listing, host, words) {
    this.#host = host;
    this.#lesson = lesson;
    this.#path = file.path;
    const ui = this.#ui;
    ui.area = make("textarea", {
      id: "my-file",
      spellcheck: "false",
      autocomplete: "off",
      autocapitalize: "off",
      wrap: "off",
      "aria-describedby": "my-keys",
    });
    ui.state = make("span", { class: "file-state", role: "status" });
    ui.done = make("span", { class: "solved" }, "✓ solved");
    ui.check = styled("primary", "Check", () => (this.#job ? this.#job.stop() : this.#check()));
    ui.save = styled("quiet", "Save", () => this.#save());
    ui.hint = styled("quiet", "Next hint", () => this.#hint());
    ui.keys = make(
      "p",
      { id: "my-keys", class: "keys" },
      "Ctrl+S saves, Ctrl+Enter saves and checks.",
    );
    ui.judgement = make("p", { class: "judgement", role: "status" });
    ui.said = make("pre", {
      class: "said",
      tabindex: "0",
      role: "group",
      "aria-label": "What the check says",
    });
    ui.said.hidden = true;
    ui.hints = make("div", { class: "hints-given", role: "log", "aria-label": "Hints" });
    ui.conflict = make("section", {
      class: "conflict",
      tabindex: "-1",
      "aria-label": "The file was changed elsewhere",
    });
    ui.conflict.hidden = true;
    ui.aside = make("div", { class: "put-aside" });
    this.node = make(
      "section",
      { class: "desk", "aria-label": "Your file" },
      make(
        "figure",
        { class: "listing" },
        make("figcaption", {}, make("label", { for: "my-file" }, file.path), ui.state, ui.done),
        ui.area,
      ),
      ui.conflict,
      ui.aside,
    );
    ui.bench = make(
      "section",
      { class: "bench", "aria-label": "Check your file" },
      make("div", { class: "actions" }, ui.check, ui.save, ui.hint, ...(words.carries ? this.#carriers() : [])),
      ui.keys,
      ui.judgement,
      ui.said,
      ui.hints,
      make(
        "p",
        { class: "limits" },
        words.limits,
      ),
    );
    listing.before(this.node);
    const aids = document.querySelector(".exercise .aids");
    aids.prepend(ui.bench);
    aids.setAttribute("aria-label", "Checking, what it must print, hints and solution");
    listing.hidden = true; // it has the starter, which stays in the file's place without a server
    // The same hints, but given one after the other and remembered, are behind the button.
    for (const hint of document.querySelectorAll(".aids > .hint")) hint.hidden = true;

    const label = this.node.querySelector("label");
    this.#box = new TextBox(ui.area, label, ui.keys, () => this.#changed());
    const draft = this.#draft();
    this.#read(file);
    if (draft) this.#goOn(draft);
    if (file.before !== undefined) this.#putAside("What you had before you started anew", file.before, "");
    this.#events();
  }

  #changed() {
    this.#show();
    try {
      if (this.#dirty())
        sessionStorage.setItem(
          this.#key(),
          JSON.stringify({ text: this.#box.text, kept: this.#kept, version: this.#version }),
        );
      else sessionStorage.removeItem(this.#key());
    } catch {
      /* then a reload forgets it, after it has asked */
    }
  }
  #key() {
    return `workbook-draft-${this.#lesson}`;
  }
  #dirty() {
    return this.#box.text !== this.#kept;
  }
  // The text that was not saved when the page was last left in this tab.
  #draft() {
    try {
      return JSON.parse(sessionStorage.getItem(this.#key()));
    } catch {
      return null;
    }
  }
  #goOn(draft) {
    const current = { text: this.#kept, version: this.#version };
    if (draft.text === current.text) return;
    this.#kept = draft.kept;
    this.#version = draft.version;
    this.#box.text = draft.text;
    this.#changed();
    if (draft.version !== current.version) this.#differ(current, false);
  }

  /** The page shows the file as the server has it now. */
  #read({ text, version, exists = true, done }) {
    this.#version = version;
    this.#exists = exists;
    this.#kept = text;
    if (this.#box.text !== text) this.#box.text = text;
    if (done !== undefined) this.#ui.done.hidden = !done;
    this.#changed();
  }
  #show() {
    const state = this.#dirty() ? "unsaved" : !this.#exists ? "starter" : this.#unkept ? "unkept" : "saved";
    const { state: node, save } = this.#ui;
    if (node.dataset.state !== state) {
      node.dataset.state = state;
      node.textContent = NAMES[state];
    }
    save.setAttribute("aria-disabled", String(state === "saved"));
  }

  #events() {
    document.querySelector(".exercise").addEventListener(
      "keydown",
      (event) => {
        if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
        const action = { s: () => this.#save(), Enter: () => this.#job || this.#check() }[
          event.key
        ];
        if (!action) return;
        event.preventDefault();
        event.stopPropagation(); // CodeMirror has a use for Ctrl+Enter, too
        action();
      },
      { capture: true },
    );
    addEventListener("beforeunload", (event) => {
      if (this.#dirty() || this.#unkept) event.preventDefault();
    });
    // Back from another tab or an editor: shows the text that was written there.
    const look = () => {
      if (document.visibilityState === "visible" && !this.#job) this.#refresh().catch(() => {});
    };
    document.addEventListener("visibilitychange", look);
    addEventListener("focus", look);
    document.addEventListener("workbook:back", look);
  }

  // ---- reading and writing the file
  async #refresh() {
    const file = await this.#host.ask("GET", `exercises/${this.#lesson}`);
    if (file.version === this.#version) {
      this.#exists = file.exists;
      this.#ui.done.hidden = !file.done;
      this.#show();
    } else if (!this.#dirty() || file.text === this.#box.text) {
      this.#read(file);
      this.#settle();
    } else this.#differ(file, false);
  }
  #settle() {
    this.#ui.conflict.hidden = true;
    this.#ui.conflict.replaceChildren();
  }

  /** Whether the text on the page is in the file. */
  async #save(over) {
    const text = this.#box.text;
    if (!this.#dirty() && this.#exists && over === undefined) return true;
    try {
      const { version, kept = true } = await this.#host.ask("PUT", `exercises/${this.#lesson}`, {
        text,
        version: over ?? this.#version,
      });
      this.#version = version;
      this.#unkept = !kept;
      this.#exists = true;
      this.#kept = text;
      this.#settle();
      this.#changed();
      return true;
    } catch (error) {
      if (error instanceof Refused && error.said.text !== undefined) this.#differ(error.said, true);
      else this.#judge("wrong", `Not saved: ${error.message}`);
      return false;
    }
  }

  /** The file was written elsewhere: both texts are there, and the choice loses neither. */
  #differ(theirs, asked) {
    const { conflict } = this.#ui;
    const mine = this.#box.text;
    if (theirs.text === mine) {
      this.#read(theirs);
      return this.#settle();
    }
    if (!conflict.hidden && conflict.dataset.version === String(theirs.version) && !asked) return;
    conflict.dataset.version = theirs.version;
    const here = new Set(mine.split("\n"));
    const rows = theirs.text
      .replace(/\n$/, "")
      .split("\n")
      .map((row) => make(here.has(row) ? "span" : "ins", { class: "row" }, `${row}\n`));
    conflict.replaceChildren(
      make(
        "p",
        { role: "alert" },
        make("b", {}, `${this.#path} was changed elsewhere`),
        ", in another tab or an editor, since this page read it. Your text is above, the file’s is below; lines that yours lacks are marked. Whichever you choose, the other one is put aside here.",
      ),
      make(
        "figure",
        { class: "listing" },
        make("figcaption", {}, "In the file now"),
        make(
          "pre",
          { tabindex: "0", role: "group", "aria-label": "The file's text" },
          make("code", {}, ...rows),
        ),
      ),
      make(
        "div",
        { class: "actions" },
        styled("primary", "Keep mine, and write it over the file", async () => {
          const mine = this.#box.text;
          if (!(await this.#save(theirs.version))) return;
          this.#putAside("What the file had before", theirs.text);
          this.#judge("", "Yours is saved.");
          if (this.#box.text === mine) this.#box.focus();
        }),
        styled("quiet", "Take the file’s", () => {
          const mine = this.#box.text;
          this.#read(theirs);
          this.#settle();
          this.#putAside("What you had written here", mine);
          this.#judge("", "The page has the file’s text now.");
          this.#box.focus();
        }),
      ),
    );
    conflict.hidden = false;
    const pre = conflict.querySelector("pre");
    const [first] = pre.querySelectorAll("ins");
    if (first) pre.scrollTop = first.offsetTop - pre.clientHeight / 3;
    if (asked) conflict.focus();
  }
  async #startAnew() {
    const mine = this.#box.text;
    const file = await this.#host.ask("POST", `exercises/${this.#lesson}/anew`);
    this.#read(file);
    this.#settle();
    if (mine !== file.before && mine !== file.text) this.#putAside("What was not saved", mine);
    if (file.before !== undefined) this.#putAside("What you had before you started anew", file.before, "");
    this.#judge("", "The starter is in the editor. What you had is kept below it.");
    this.#box.focus();
  }
  #putAside(what, text, until = ", until you leave the page") {
    const back = styled("quiet", "Put it into the editor", () => {
      const now = this.#box.text;
      this.#box.text = text;
      this.#changed();
      details.remove();
      this.#putAside("What was in the editor before", now);
      this.#box.focus();
    });
    const details = make(
      "details",
      {},
      make("summary", {}, what + until),
      make("pre", { tabindex: "0", role: "group", "aria-label": what }, make("code", {}, text)),
      back,
    );
    this.#ui.aside.append(details);
  }

  // ---- checking
  async #check() {
    const { check, said, judgement } = this.#ui;
    this.#job = new this.#host.Job();
    const job = this.#job;
    check.textContent = "Stop";
    said.hidden = true;
    this.#judge("", "Checking …");
    try {
      if (!this.#dirty()) await this.#refresh(); // it may have been written in an editor
      if (!(await this.#save())) {
        if (judgement.textContent === "Checking …") this.#judge("", "");
        return;
      }
      let ended = false;
      await job.follow({ kind: "check", lesson: this.#lesson }, (event) => {
        ended ||= ["verdict", "failure", "stopped"].includes(event.type);
        if (event.type === "building") this.#ui.check.dataset.progress = event.progress;
        else if (event.type === "verdict") this.#verdict(event);
        else if (event.type === "failure") this.#fail(event.text);
        else if (event.type === "stopped") this.#judge("", "Stopped.");
      });
      if (!ended) this.#judge("wrong", "The check was cut off.");
    } catch (error) {
      this.#judge(
        "wrong",
        error instanceof Away
          ? "Not checked: the workbook’s server does not answer."
          : error.message,
      );
    } finally {
      this.#job = undefined;
      check.textContent = "Check";
      delete check.dataset.progress;
    }
  }
  // In a word for the eye, which sees the rest below; a screen reader hears its first sentence, too.
  #judge(verdict, text, reason = "") {
    const { judgement } = this.#ui;
    judgement.replaceChildren(text);
    const [first] = reason.trim().split("\n");
    if (first) judgement.append(make("span", { class: "unseen" }, ` ${first}`));
    if (verdict) judgement.dataset.verdict = verdict;
    else delete judgement.dataset.verdict;
  }
  #verdict({ right, text }) {
    this.#judge(right ? "right" : "wrong", right ? "✓ Right." : "✗ Not yet.", text);
    if (right) this.#ui.done.hidden = false;
    this.#say(text);
  }
  #fail(text) {
    this.#judge("wrong", "✗ It could not be checked.", text);
    this.#say(text);
  }
  // As the terminal has it; a line that the compiler names leads there.
  #say(text) {
    const place = /(?<=It does not compile\.\s|The compiler warned:\s)line\s(\d+)/gi;
    const parts = [];
    let at = 0;
    for (const match of text.matchAll(place)) {
      const go = styled("place", match[0], () => this.#box.goTo(Number(match[1])));
      parts.push(...rows(text.slice(at, match.index)), go);
      at = match.index + match[0].length;
    }
    this.#ui.said.replaceChildren(...parts, ...rows(text.slice(at).trimEnd()));
    this.#ui.said.hidden = false;
  }

  // ---- the file, out of the browser and in
  #carriers() {
    const name = this.#path.split("/").at(-1);
    const chooser = make("input", { type: "file", accept: ".cpp,.txt,text/*", hidden: "", "aria-label": "A file to import" });
    chooser.addEventListener("change", async () => {
      const [file] = chooser.files;
      chooser.value = "";
      if (file) await this.#import(file);
    });
    return [
      styled("quiet", "Export", () => {
        const url = URL.createObjectURL(new Blob([this.#box.text], { type: "text/plain" }));
        make("a", { href: url, download: name }).click();
        setTimeout(() => URL.revokeObjectURL(url), 10_000);
        this.#judge("", `Put ${name} into the folder my/ of your checkout: ./workbook check goes on with it there.`);
      }),
      styled("quiet", "Import", () => chooser.click()),
      styled("quiet", "Start anew", () => this.#startAnew()),
      chooser,
    ];
  }
  async #import(file) {
    if (file.size > LARGEST) return this.#judge("wrong", `Not imported: ${file.name} is larger than 1 MB.`);
    let text;
    try {
      text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
    } catch {
      return this.#judge("wrong", `Not imported: ${file.name} is not a text file.`);
    }
    if (text.includes("\0")) return this.#judge("wrong", `Not imported: ${file.name} is not a text file.`);
    const before = this.#box.text;
    this.#box.text = text;
    this.#changed();
    if (before !== text) this.#putAside("What was here before", before);
    this.#judge("", `${file.name} is in the editor. It is kept when you save or check it.`);
  }

  async #hint() {
    try {
      const { text } = await this.#host.ask("POST", `exercises/${this.#lesson}/hint`);
      this.#ui.hints.replaceChildren(make("pre", {}, unwrapped(text.trimEnd())));
    } catch (error) {
      this.#judge("wrong", `No hint: ${error.message}`);
    }
  }
}

// Sentences have the page's width, tables and code their own.
function rows(text) {
  return text
    .split(/(?<=\n)/)
    .map((row) => (/^[ >]/.test(row) ? make("span", { class: "as-is" }, row) : row));
}

// Joins lines that were broken at a terminal's width, for a page that has its own width.
function unwrapped(text, width = 80) {
  return text.replace(/^(.+)\n(?=(\S+))/gm, (all, row, word) =>
    row.length + 1 + word.length > width ? `${row} ` : all,
  );
}
