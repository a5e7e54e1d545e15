// The page's requests to ./workbook serve, and its message when no server answers.
import { make } from "../dom.js";
import { Away, Refused } from "./errors.js";

let token = "";

/** The server's token; a new one, if it was started anew. */
export function take(fresh) {
  token = fresh;
  if (bar.state === "denied" || bar.state === "gone") bar.look();
}

let leaving = false;
addEventListener("pagehide", () => {
  leaving = true;
});
addEventListener("pageshow", () => {
  leaving = false;
});

export async function ask(method, path, body, options = {}) {
  let response, said;
  try {
    response = await fetch(new URL(`../../api/${path}`, import.meta.url), {
      method,
      headers: {
        "X-Workbook-Token": token,
        ...(body !== undefined && { "Content-Type": "application/json" }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      ...options,
    });
    const text = await response.text();
    try {
      said = text ? JSON.parse(text) : {};
    } catch {
      said = { error: text };
    }
  } catch {
    if (!leaving) bar.gone();
    throw new Away("The workbook’s server does not answer.");
  }
  if (response.status === 403) {
    bar.denied();
    throw new Away("The workbook’s server was restarted.");
  }
  bar.back();
  if (!response.ok) throw new Refused(response.status, said);
  return said;
}

/* Starts a job, tells `begun` its number, and calls `on` with each of its events until it has ended. */
async function follow(job, begun, on) {
  const { job: id } = await ask("POST", "jobs", job);
  running.add(id);
  begun(id);
  for (let after = 0, done = false; !done;) {
    const said = await ask("GET", `jobs/${id}/events?after=${after}`);
    for (const event of said.events) {
      after = event.number;
      on(event);
    }
    done = said.done;
  }
  running.delete(id);
}

/** Runs one job at a time and can stop it, even before the server has given it a number. */
export class Job {
  #id;
  #unwanted = false;

  follow(job, on) {
    return follow(
      job,
      (id) => {
        this.#id = id;
        if (this.#unwanted) this.stop();
      },
      on,
    );
  }
  stop() {
    this.#unwanted = true;
    // If that fails it has ended, or the bar says that the server does not answer.
    if (this.#id !== undefined) ask("POST", `jobs/${this.#id}/stop`).catch(() => {});
  }
}

// Leaving the page stops its jobs. (By then the browser has cut off the question for events.)
const running = new Set();
addEventListener("pagehide", () => {
  for (const id of running)
    ask("POST", `jobs/${id}/stop`, undefined, { keepalive: true }).catch(() => {});
});

// ---- the server is away --------------------------------------------------------------------------
const bar = {
  node: make("p", { class: "server-bar", role: "status" }),
  state: "",
  say(state, text) {
    if (this.state === state) return;
    this.state = state;
    this.node.textContent = text;
    this.node.dataset.state = state;
    document.documentElement.dataset.server = state;
  },
  gone() {
    this.say(
      "gone",
      `The workbook’s server does not answer. This page keeps what you typed, and goes on as soon as ./workbook serve --port ${location.port || 80} runs. At another port it cannot: copy your text into the page there.`,
    );
    this.timer ??= setInterval(() => this.look(), 2000);
  },
  denied() {
    clearInterval(this.timer);
    this.timer = undefined;
    this.say(
      "denied",
      "The workbook’s server was restarted. In another tab, open the address that it has printed: then this page goes on, too. It keeps what you typed.",
    );
  },
  back() {
    clearInterval(this.timer);
    this.timer = undefined;
    if (!["gone", "denied"].includes(this.state)) return;
    this.say("back", "The server is back.");
    setTimeout(() => this.say("", ""), 5000);
    document.dispatchEvent(new CustomEvent("workbook:back"));
  },
  look() {
    ask("GET", `lessons/${document.body.dataset.lesson}`).catch(() => {});
  },
};
document.body.append(bar.node);
