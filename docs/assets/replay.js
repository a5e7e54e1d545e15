// <workbook-replay>: plays recorded runs on one shared clock.
//
// The page holds the whole replay as HTML, drawn by tools/site: bars and ticks placed by
// percentages, and each printed line with its time. Nothing is drawn here. The clock sets --now, which
// cuts the bars off (docs/assets/workbook.css), and hides the lines whose time is yet to come.
import { icon, make } from "./dom.js";

class WorkbookReplay extends HTMLElement {
  #end;
  #lines;
  #now = 0;
  #count = 0;
  #rate;
  #frame = 0;
  #last = 0;
  #virtual = 0;
  #ui = {};
  #calm = matchMedia("(prefers-reduced-motion: reduce)");

  connectedCallback() {
    if (this.#lines) return;
    this.#end = Number(this.dataset.end);
    this.#lines = [...this.querySelectorAll(".screen")].flatMap((screen, run) =>
      [...screen.querySelectorAll("li")].map((node, n) => ({
        node,
        run,
        n,
        at: Number(node.dataset.at),
        program: screen.dataset.program,
      })),
    );
    // Simultaneous lines come in turn: the first of each run, the second of each…
    const nth = new Map();
    for (const line of this.#lines) {
      const key = `${line.run} ${line.at}`;
      line.turn = nth.get(key) ?? 0;
      nth.set(key, line.turn + 1);
    }
    this.#lines.sort((a, b) => a.at - b.at || a.turn - b.turn || a.run - b.run);
    this.verdict = this.querySelector(".verdict");
    this.verdictText = this.verdict.textContent;
    this.setAttribute("role", "group");
    if (!this.hasAttribute("aria-label"))
      this.setAttribute("aria-label", "Replay of the recorded runs");
    this.#controls();
    this.classList.add("live");
    this.restart();
    this.#playsOnce();
    addEventListener("beforeprint", () => this.seek(this.#end));
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.pause();
    });
  }

  // ---- what a page or a test may call ----------------------------------------------------------
  get now() {
    return this.#now;
  }
  get end() {
    return this.#end;
  }
  play() {
    if (this.#frame) return;
    if (this.#now >= this.#end) this.restart();
    this.#virtual = this.#now;
    this.#last = performance.now();
    this.#frame = requestAnimationFrame((t) => this.#tick(t));
    this.#show("playing");
  }
  pause() {
    if (!this.#frame) return;
    this.#stop();
    this.#show("paused");
  }
  restart() {
    this.#go(0, 0, "ready");
  }
  seek(at) {
    at = Math.min(Math.max(at, 0), this.#end);
    if (at === 0) return this.restart();
    this.#go(at, this.#printed(at), at === this.#end ? "ended" : "paused");
  }
  step(by) {
    const count = Math.min(Math.max(this.#count + by, 0), this.#lines.length);
    if (count === 0) return this.restart();
    if (count === this.#lines.length) return this.seek(this.#end);
    const line = this.#lines[count - 1];
    this.#go(line.at, count, "paused");
    this.verdict.prepend(
      `${line.program} prints “${line.node.querySelector("samp").textContent}”. `,
    );
  }

  /** On the first page it begins by itself, when all of its chart can be seen. */
  #playsOnce() {
    if (!this.closest(".home") || this.#calm.matches) return;
    const watch = new IntersectionObserver(
      ([{ isIntersecting }]) => {
        if (!isIntersecting) return;
        watch.disconnect();
        if (this.dataset.state === "ready") this.play();
      },
      { threshold: 0.95 },
    );
    watch.observe(this.querySelector(".chart"));
  }

  // ---- the clock -------------------------------------------------------------------------------
  #printed(at) {
    const next = this.#lines.findIndex((line) => line.at > at);
    return next < 0 ? this.#lines.length : next;
  }
  #stop() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }
  #go(now, count, state) {
    this.#stop();
    this.#now = now;
    this.#count = count;
    this.#show(state);
  }
  #tick(t) {
    this.#virtual = Math.min(
      this.#virtual + (Math.min(t - this.#last, 100) / 1000) * this.#rate,
      this.#end,
    );
    this.#last = t;
    this.#count = this.#printed(this.#virtual);
    // A reader who asked for less motion sees no sliding: the picture changes when a line is printed.
    this.#now =
      !this.#calm.matches || this.#virtual === this.#end
        ? this.#virtual
        : (this.#lines[this.#count - 1]?.at ?? 0);
    const ended = this.#virtual >= this.#end;
    this.#frame = ended ? 0 : requestAnimationFrame((next) => this.#tick(next));
    this.#show(ended ? "ended" : "playing");
  }

  // ---- the picture -----------------------------------------------------------------------------
  #show(state) {
    const ui = this.#ui;
    this.style.setProperty("--now", this.#now / this.#end);
    this.#lines.forEach((line, n) => line.node.classList.toggle("to-come", n >= this.#count));
    for (const node of this.querySelectorAll("[data-end]"))
      node.classList.toggle("to-come", state === "ready" || Number(node.dataset.end) > this.#now);
    ui.seek.value = this.#now;
    ui.clock.textContent = `${this.#clock(this.#now)} of ${this.#clock(this.#end)} ${this.dataset.unit === "lines" ? "lines" : "s"}`;
    ui.seek.setAttribute(
      "aria-valuetext",
      `${ui.clock.textContent}, ${this.#count} of ${this.#lines.length} lines printed`,
    );
    // The present state, in words. A screen reader announces it when the clock stands, not while it runs.
    this.verdict.setAttribute("aria-live", state === "playing" ? "off" : "polite");
    const words =
      { ended: this.verdictText, ready: "Press play, or step from line to line." }[state] ??
      this.#threads();
    if (this.verdict.textContent !== words) this.verdict.textContent = words;
    if (state === this.dataset.state) return;
    this.dataset.state = state;
    ui.play.replaceChildren(
      ...({ playing: [icon("pause"), "Pause"], ended: [icon("again"), "Again"] }[state] ?? [
        icon("play"),
        "Play",
      ]),
    );
    if (state === "ended" && !this.closest(".home"))
      this.dispatchEvent(new CustomEvent("workbook:did", { bubbles: true, detail: "watch" }));
  }
  #threads() {
    const share = (100 * this.#now) / this.#end;
    return [...this.querySelectorAll(".group")]
      .map((group) => {
        const name = group.querySelector("b").textContent;
        if (Number(group.querySelector("[data-end]").dataset.end) <= this.#now)
          return `${name} has ended`;
        const bar = [...group.querySelectorAll(".thread i")].find(
          (i) => Number(i.style.getPropertyValue("--b")) > share,
        );
        return bar && `${name}: the thread is ${bar.classList.contains("hold") ? "held" : "free"}`;
      })
      .filter(Boolean)
      .join("; ");
  }
  #clock(at) {
    if (this.dataset.unit === "lines") return String(Math.floor(at));
    return (at / 1000).toFixed(this.#end < 1000 ? 2 : 1);
  }

  // ---- the controls ----------------------------------------------------------------------------
  #controls() {
    const ui = this.#ui;
    const button = (name, label, text, action) => {
      const node = make(
        "button",
        { type: "button", class: name, ...(label && { "aria-label": label, title: label }) },
        text,
      );
      node.addEventListener("click", action);
      return node;
    };
    ui.play = button("play", "", "Play", () => (this.#frame ? this.pause() : this.play()));
    ui.clock = make("span", { class: "clock" });
    ui.speed = make("select", { "aria-label": "Speed" });
    this.#speeds();
    ui.speed.addEventListener("change", () => {
      this.#rate = Number(ui.speed.value);
    });

    ui.seek = make("input", {
      type: "range",
      min: 0,
      max: this.#end,
      step: "any",
      "aria-label": "The clock of the replay",
    });
    ui.seek.addEventListener("input", () => this.seek(Number(ui.seek.value)));
    this.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("select, summary"))
        return;
      const action = {
        ArrowRight: () => this.step(1),
        ArrowLeft: () => this.step(-1),
        Home: () => this.restart(),
        End: () => this.seek(this.#end),
        " ": event.target.closest("button") ? null : () => ui.play.click(),
      }[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    });

    const chart = this.querySelector(".chart");
    chart.append(
      make("div", { class: "head lane" }, make("span"), make("div", { class: "track" }, make("i"))),
    );
    // Dragging anywhere over the bars moves the clock; a finger that moves up or down scrolls the page.
    const track = chart.querySelector(".head .track");
    const drag = (event) => {
      const box = track.getBoundingClientRect();
      this.seek(((event.clientX - box.left) / box.width) * this.#end);
    };
    chart.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      chart.setPointerCapture(event.pointerId);
      event.preventDefault();
      drag(event);
    });
    chart.addEventListener("pointermove", (event) => {
      if (chart.hasPointerCapture(event.pointerId)) drag(event);
    });

    this.prepend(
      make(
        "div",
        { class: "controls" },
        ui.play,
        button("again", "To the beginning", icon("begin"), () => this.restart()),
        button("step", "Back one line", icon("back"), () => this.step(-1)),
        button("step", "On one line", icon("on"), () => this.step(1)),
        button("again", "To the end", icon("end"), () => this.seek(this.#end)),
        ui.clock,
        ui.speed,
      ),
      make("div", { class: "seek lane" }, make("span"), make("div", { class: "track" }, ui.seek)),
    );
  }

  // It begins with the speed at which it ran, if it then lasts some seconds, else with the one that makes it last about
  // seven.
  #speeds() {
    const lines = this.dataset.unit === "lines";
    const unit = lines ? 1 : 1000;
    const lasts = (rate) => this.#end / (rate * unit);
    // A run of some milliseconds needs a slower motion than one of several seconds.
    const slow = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1].filter((rate) => lasts(rate) <= 30);
    // And one of minutes a faster one.
    const fast = [20, 50, 100].filter((rate) => lasts(rate) >= 2);
    const rates = lines ? [0.5, 1, 2, 3, 5, 10] : [...slow, 0.25, 0.5, 1, 2, 3, 5, 10, ...fast];
    const about = rates.reduce((a, b) => (Math.abs(lasts(b) - 7) < Math.abs(lasts(a) - 7) ? b : a));
    const best = !lines && lasts(1) >= 2 && lasts(1) <= 10 ? 1 : about;
    this.#rate = best * unit;
    for (const rate of rates) {
      const label = lines
        ? `${rate} ${rate === 1 ? "line" : "lines"} a second`
        : `${rate}× ${rate < 1 ? "slow motion" : rate > 1 ? "time-lapse" : "as it ran"}`;
      this.#ui.speed.append(
        make("option", { value: rate * unit, ...(rate === best && { selected: "" }) }, label),
      );
    }
  }
}

customElements.define("workbook-replay", WorkbookReplay);
