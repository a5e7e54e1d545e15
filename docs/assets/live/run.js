// Runs the programs of a replay on this machine, on the replay's own chart: its bars are drawn from when the
// lines come now. A run that has ended is a replay again.
import { icon, make } from "../dom.js";
import { Away } from "./errors.js";

const MOST_LINES = 1000; // of a program, on the page

/**
 * One for each replay, and one for each program whose output has no replay.
 *
 * @param {{Job: function}} host The host that runs them: server.js, or ../here/page_host.js.
 * @param {{limits: string, plays?: boolean}} words The sentences for the reader; whether a run, because it takes no
 *   time, is played afterwards, in the place of the recorded one.
 */
export function runBoxes(lesson, about, host, words) {
  const known = (programs) => programs.filter((program) => about.programs.includes(program));
  const place = (above, programs, replay) =>
    above.after(new RunBox(lesson, about, programs, replay, host, words.plays).node);
  const replayed = new Set();
  for (const replay of document.querySelectorAll("main workbook-replay")) {
    const programs = [...replay.querySelectorAll(".screen")].map((s) => s.dataset.program);
    programs.forEach((program) => replayed.add(program));
    if (known(programs).length) place(replay, known(programs), replay);
  }
  for (const output of document.querySelectorAll(":is(main, main > details) > :is(.outputs, .output)")) {
    const programs = [...output.querySelectorAll("figcaption a")].map((a) => a.textContent);
    if (programs.some((program) => replayed.has(program))) continue;
    if (known(programs).length) place(output, known(programs));
  }
  document
    .querySelector(".run-box")
    ?.append(
      make(
        "p",
        { class: "limits" },
        words.limits,
      ),
    );
}

class RunBox {
  #host;
  #lesson;
  #programs;
  #replay;
  #given;
  #plays;
  #ui = {};
  #job; // while one runs

  constructor(lesson, about, programs, replay, host, plays) {
    this.#plays = plays && replay;
    this.#host = host;
    this.#lesson = lesson;
    this.#programs = programs;
    this.#replay = replay;
    this.#given = new Map(programs.map((program) => [program, joined(about.arguments[program])]));
    const ui = this.#ui;
    const names = programs.join(" and ");
    ui.button = make("button", { type: "button", class: "play" });
    ui.button.addEventListener("click", () => (this.#job ? this.#stop() : this.#run()));
    ui.options = make("fieldset", {}, make("legend", { class: "unseen" }, `How to run ${names}`));
    if (programs.length > 1) {
      // Programs side by side share the processor and the network, so those in real time run in turn.
      const order = (value, text, checked) =>
        make(
          "label",
          {},
          make("input", {
            type: "radio",
            name: `order-${programs.join("-")}`,
            value,
            ...(checked && { checked: "" }),
          }),
          ` ${text}`,
        );
      ui.options.append(
        order("together", "together", !about.runs_real_time),
        order("in-turn", "one after the other", about.runs_real_time),
      );
    }
    // One field for all, unless the lesson gives them different ones.
    const alike = new Set(this.#given.values()).size === 1;
    ui.arguments = new Map();
    for (const [program, given] of this.#given) {
      if (!given) continue;
      const first = ui.arguments.get(programs[0]);
      if (alike && first) {
        ui.arguments.set(program, first);
        continue;
      }
      const field = make("input", {
        type: "text",
        value: given,
        spellcheck: "false",
        autocomplete: "off",
        autocapitalize: "off",
      });
      ui.arguments.set(program, field);
      const name = alike ? "Arguments " : `Arguments of ${program} `;
      ui.options.append(make("label", { class: "arguments" }, name, field));
    }
    ui.clock = make("span", { class: "clock" });
    ui.shown = make("div", { class: "shown" });
    this.node = make(
      "section",
      { class: "run-box", "aria-label": `Run ${names} on this machine` },
      make("div", { class: "controls" }, ui.button, ui.options, ui.clock),
    );
    if (this.#plays) {
      ui.other = make("button", { type: "button", class: "quiet", hidden: "" });
      ui.other.addEventListener("click", () => this.#choose(ui.shown.hidden));
      ui.options.before(ui.other);
      this.node.prepend(ui.shown);
    } else this.node.append(ui.shown);
    this.#show();
  }

  /** The reader's run, or the recorded one, in the same place. */
  #choose(mine) {
    const { shown, other } = this.#ui;
    shown.hidden = !mine;
    this.#replay.hidden = mine;
    other.hidden = false;
    other.textContent = mine ? "Show the recorded run" : "Show your run";
    (mine ? this.#replay : shown.querySelector("workbook-replay"))?.pause();
  }

  #show(again = false) {
    const { button, options } = this.#ui;
    options.disabled = Boolean(this.#job);
    const count = this.#programs.length;
    const what = count > 2 ? "all" : count === 2 ? "both" : this.#programs[0];
    button.replaceChildren(
      ...(this.#job
        ? [icon("stop"), "Stop"]
        : [icon("play"), again ? "Run again" : `Run ${what} here`]),
    );
    this.node.dataset.state = this.#job ? "running" : "ready";
  }

  #stop() {
    this.#ui.clock.textContent = "stopping …";
    this.#job.stop();
  }

  async #run() {
    const { options, shown, clock } = this.#ui;
    const together = options.querySelector("input[value=together]")?.checked ?? false;
    // As the lesson has them, with its server if it has one, unless they were changed.
    const changed = {};
    for (const [program, { value }] of this.#ui.arguments)
      if (value.trim() !== this.#given.get(program)) changed[program] = split(value);
    const line = new Timeline(this.#programs, this.#replay, clock, this.#plays);
    shown.replaceChildren(line.node);
    if (this.#plays) this.#choose(true);
    this.#job = new this.#host.Job();
    this.#show();
    clock.textContent = "";
    line.say("Building …");
    try {
      await this.#job.follow(
        {
          kind: "run",
          lesson: this.#lesson,
          programs: this.#programs,
          together,
          arguments: changed,
        },
        (event) => line.take(event),
      );
      line.done();
    } catch (error) {
      line.cut(
        error instanceof Away
          ? "The run was cut off: the workbook’s server does not answer."
          : error.message,
      );
    }
    this.#job = undefined;
    clock.textContent = "";
    this.#show(true);
  }
}

// ---- the growing timeline ------------------------------------------------------------------------
class Timeline {
  #recorded;
  #plays;
  #unit;
  #end; // of the axis
  #clock;
  #runs = new Map();
  #state = "building";
  #failure = "";
  #stopped = false;
  #due = false; // something has changed that the picture does not show yet
  #frame = 0;
  #calm = matchMedia("(prefers-reduced-motion: reduce)");

  constructor(programs, recorded, clock, plays) {
    this.#recorded = recorded;
    this.#plays = plays;
    this.#clock = clock;
    this.#unit = recorded?.dataset.unit ?? "ms";
    this.#end = Number(recorded?.dataset.end ?? 1000);
    this.verdict = make("p", { class: "verdict", role: "status" });
    this.screens = make("div", { class: "screens", style: "--stamp:5ch" });
    for (const program of programs) this.#runs.set(program, this.#screen(program));
    this.node = make("div", {
      class: `replay live runs-${programs.length}`,
      "data-unit": this.#unit,
    });
    if (recorded) this.#chart(recorded);
    this.node.append(this.verdict, this.screens);
    this.node.dataset.state = "playing";
    this.#layout();
  }

  #screen(program) {
    const run = {
      program,
      lines: [],
      said: [], // by the lesson's server in the meantime
      more: 0,
      now: 0,
      began: undefined,
      total: undefined,
      bars: [],
      ticked: [],
    };
    run.state = make("span", {}, "");
    run.list = make("ol");
    run.log = make("div", { role: "log", "aria-label": `What ${program} prints` }, run.list);
    const role = ["sync", "async"].includes(program) ? program : "other";
    run.screen = make(
      "div",
      { class: "screen", "data-role": role, "data-program": program },
      make("p", {}, make("b", {}, program), run.state),
      run.log,
    );
    this.screens.append(run.screen);
    return run;
  }

  // The chart is the recorded one; where its bars begin and end is looked up anew.
  #chart(recorded) {
    this.chart = recorded.querySelector(".chart").cloneNode(true);
    this.chart.querySelector(".head")?.remove();
    for (const node of this.chart.querySelectorAll(".to-come")) node.classList.remove("to-come");
    for (const group of this.chart.querySelectorAll(".group")) {
      const run = this.#runs.get(group.dataset.program);
      if (!run) {
        group.remove();
        continue;
      }
      run.group = group;
      run.sum = group.querySelector("p span");
      for (const lane of group.querySelectorAll(".lane")) {
        const track = lane.querySelector(".track");
        if (lane.dataset.ticks !== undefined) {
          track.querySelectorAll(".tick").forEach((tick) => tick.remove());
          run.ticked.push({
            track,
            begins: lane.dataset.ticks,
            span: track.querySelector(".span"),
          });
          continue;
        }
        for (const node of track.querySelectorAll("[data-from]")) {
          const label = node.querySelector("b");
          const word = label?.textContent.replace(/[\d.]+ s$/, "");
          run.bars.push({ node, label, word, ...node.dataset });
        }
      }
    }
    this.axis = this.chart.querySelector(".axis .track");
    this.head = make(
      "div",
      { class: "head lane" },
      make("span"),
      make("div", { class: "track" }, make("i")),
    );
    this.chart.append(this.head);
    this.legend = recorded.querySelector(".legend").cloneNode(true);
    this.node.append(this.chart, this.legend);
  }

  // ---- what happens
  take(event) {
    const run = this.#runs.get(event.program);
    if (event.program !== undefined && !run) return;
    switch (event.type) {
      case "building":
        if (this.#state === "building") this.#clock.textContent = event.progress;
        break;
      case "started":
        this.#state = "running";
        this.#clock.textContent = "";
        run.began = performance.now();
        run.changed = event.changed;
        run.state.textContent = "runs";
        this.say(
          `${this.#running()
            .map((run) => run.program)
            .join(" and ")} ${this.#running().length > 1 ? "run" : "runs"}.`,
        );
        this.#go();
        break;
      case "line":
        this.#line(run, event);
        break;
      case "server_line":
        run.said.push({ at: event.time * 1000, text: event.text });
        this.#due = true;
        this.#go();
        break;
      case "ended":
        run.total = this.#unit === "ms" ? event.took * 1000 : run.lines.length;
        run.took = event.took;
        run.failure = event.failure;
        run.now = run.total;
        run.state.textContent = `ended, ${this.#sum(run)}`;
        if (event.failure) run.log.append(make("p", { class: "failure" }, event.failure));
        this.#layout();
        break;
      case "failure":
        this.#failure = event.text;
        break;
      case "stopped":
        this.#stopped = true;
        break;
    }
  }
  say(text) {
    this.verdict.textContent = text;
  }

  #running() {
    return [...this.#runs.values()].filter(
      (run) => run.began !== undefined && run.total === undefined,
    );
  }

  #line(run, { time, text }) {
    if (run.lines.length >= MOST_LINES) {
      run.more ||= run.log.appendChild(make("p", { class: "failure" }));
      run.more.textContent = `The page shows the first ${MOST_LINES} lines; ./workbook run shows all of them.`;
      return;
    }
    const at = this.#unit === "ms" ? time * 1000 : run.lines.length + 1;
    run.lines.push({ at, text });
    run.now = Math.max(run.now, at);
    const stamp = this.#unit === "ms" ? time.toFixed(2) : String(run.lines.length);
    run.list.append(
      make(
        "li",
        { "data-at": at },
        make("span", {}, stamp),
        " ",
        make("samp", {}, text.replace(/\n$/, "")),
      ),
    );
    this.#due = true;
    this.#go();
  }

  /** All programs have ended, or none will continue. */
  done() {
    const runs = [...this.#runs.values()];
    if (this.#failure || this.#stopped || runs.some((run) => run.total === undefined))
      return this.cut(this.#failure || (this.#stopped ? "Stopped." : "The run was cut off."));
    this.#halt();
    this.#end = Math.max(1, ...runs.map((run) => run.total));
    this.#layout();
    const words = runs.some((run) => run.failure)
      ? runs
          .map((run) => run.failure)
          .filter(Boolean)
          .join(" ")
      : this.#compare(runs);
    this.say(words);
    if (!this.chart) {
      this.node.dataset.state = "ended";
      return;
    }
    for (const run of runs) {
      run.log.replaceWith(...run.log.childNodes);
      run.state.dataset.end = run.total;
    }
    const replay = make("workbook-replay", {
      class: this.node.className.replace(" live", ""),
      "aria-label": "Replay of your run",
      "data-end": this.#end,
      "data-unit": this.#unit,
      style: `--end:${this.#end}`,
    });
    this.head.remove();
    for (const run of runs) run.group.style.removeProperty("--now");
    replay.append(this.chart, this.legend, this.verdict, this.screens);
    this.node.replaceWith(replay);
    if (this.#plays) replay.play();
    else replay.seek(this.#end);
  }
  cut(text) {
    this.#halt();
    for (const run of this.#running()) {
      run.now = this.#now(run);
      run.state.textContent = `stopped after ${this.#seconds(run.now)}`;
    }
    this.#layout();
    this.node.dataset.state = "stopped";
    this.say(text);
  }

  #compare(runs) {
    const took = ({ took }) => Math.round(took * 10) / 10;
    if (this.#unit !== "ms" && runs.every((run) => took(run) === 0)) return this.#recorded.verdictText;
    const [first, ...rest] = runs;
    const before = runs.some((run) => run.changed) ? ` As it was written: ${this.#recorded.verdictText}` : "";
    return (
      [
        `${first.program} ${took(first).toFixed(1)} s`,
        ...rest.map((run) => {
          const less = took(first) - took(run);
          return `${run.program} ${took(run).toFixed(1)} s: ${
            Math.abs(less) < 0.05
              ? "the same"
              : `${Math.abs(less).toFixed(1)} s ${less > 0 ? "less" : "more"}`
          }`;
        }),
      ].join(", ") +
      "." +
      before
    );
  }

  #seconds(ms) {
    return `${(ms / 1000).toFixed(this.#end < 1000 ? 2 : 1)} s`;
  }
  #sum(run) {
    return this.#unit === "ms" ? this.#seconds(run.total) : `${run.total} lines`;
  }

  // ---- the clock
  #now(run) {
    return this.#unit === "ms" ? Math.max(run.now, performance.now() - run.began) : run.now;
  }
  #go() {
    this.#frame ||= requestAnimationFrame(() => this.#tick());
  }
  #halt() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }
  #tick() {
    this.#frame = 0;
    const running = this.#running();
    let now = 0;
    for (const run of running) {
      // A reader who asked for less motion sees the picture change when a line is printed.
      if (!this.#calm.matches) run.now = this.#now(run);
      now = Math.max(now, run.now);
    }
    if (now > this.#end) {
      this.#end = now * 1.25;
      this.#due = true;
    }
    if (this.#due) this.#layout();
    else this.#place();
    if (running.length) {
      if (this.#state === "running")
        this.#clock.textContent = this.#unit === "ms" ? this.#seconds(now) : `${now} lines`;
      this.#go();
    }
  }

  // ---- the picture
  #moment(run, where) {
    if (where === "end") return run.total;
    const [, server, nth, later, text] = /^(server )?(\d+)(?:\+(\d+))?:(.*)$/s.exec(where);
    const line = Number(nth)
      ? (server ? run.said : run.lines).filter((line) => line.text.startsWith(text))[nth - 1]
      : { at: 0 };
    return line && line.at + Number(later ?? 0);
  }
  #place() {
    if (!this.chart) return;
    let latest = 0;
    for (const run of this.#runs.values()) {
      run.group.style.setProperty("--now", Math.min(1, run.now / this.#end));
      if (run.total === undefined) latest = Math.max(latest, run.now);
    }
    this.head.style.setProperty("--now", Math.min(1, latest / this.#end));
    this.head.hidden = !latest;
  }
  #layout() {
    this.#due = false;
    if (!this.chart) return;
    const share = (at) => (100 * at) / this.#end;
    this.chart.style.setProperty("--end", this.#end);
    for (const run of this.#runs.values()) {
      for (const { node, label, word, from, to } of run.bars) {
        const begin = this.#moment(run, from);
        const end = this.#moment(run, to) ?? run.total;
        node.hidden = begin === undefined || (end !== undefined && end <= begin);
        if (node.hidden) continue;
        node.style.setProperty("--a", share(begin));
        node.style.setProperty("--b", share(end ?? this.#end));
        if (!label) continue;
        label.hidden = end === undefined || end > run.now;
        label.textContent = `${word}${this.#seconds((end ?? begin) - begin)}`;
        label.dataset.end = end ?? "";
      }
      for (const { track, begins, span } of run.ticked) {
        // The lane of all lines shows the program's lines.
        const lines = begins ? [...run.lines, ...run.said] : run.lines;
        const ticks = lines.filter((line) => line.text.startsWith(begins));
        for (const old of track.querySelectorAll(".tick")) old.remove();
        track.append(
          ...ticks.map(({ at }) => make("i", { class: "tick", style: `--a:${share(at)}` })),
        );
        if (!span) continue;
        span.hidden = !ticks.length;
        if (span.hidden) continue;
        const times = ticks.map(({ at }) => at);
        span.style.setProperty("--a", share(Math.min(...times)));
        span.style.setProperty("--b", share(Math.max(...times)));
      }
      run.sum.textContent = run.total === undefined ? "" : this.#sum(run);
      run.sum.dataset.end = run.total ?? "";
    }
    const [steps, most] =
      this.#unit === "ms"
        ? [[10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 60000, 300000], 6]
        : [[1, 4, 10, 20, 50, 100, 500], 8];
    const step = steps.find((step) => this.#end / step <= most) ?? steps.at(-1);
    const marks = [];
    for (let at = this.#unit === "ms" ? 0 : step; at <= this.#end; at += step)
      marks.push(
        make(
          "i",
          { style: `--a:${share(at)}` },
          this.#unit === "ms" ? `${at / 1000} s` : String(at),
        ),
      );
    this.axis.replaceChildren(...marks);
    this.#place();
  }
}

// ---- arguments, as a shell has them: words, and "words in quotes"
export function split(text) {
  return [...text.matchAll(/"([^"]*)"?|'([^']*)'?|[^\s"']+/g)].map((m) => m[1] ?? m[2] ?? m[0]);
}
const joined = (words) =>
  words.map((word) => (/[\s"']/.test(word) || !word ? `"${word}"` : word)).join(" ");
