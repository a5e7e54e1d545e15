// Pages that are used for one address after the other: a new context, with a new process and nothing in its caches,
// costs more than all that most tests do with it.
import assert from "node:assert/strict";
import { visit } from "./browser.js";
import { Host } from "./host.js";

export class Visitors {
  #browser;
  #idle = new Map(); // options → those that are between two visits
  #all = new Set();

  constructor(browser) {
    this.#browser = browser;
  }

  /** Opens the page of that address, runs `body` on it, and then asks that nothing went wrong in it. There are as
   *  many visitors as visits at the same time; each has its own server, which counts what it sends. */
  async visit(address, options, body) {
    const kind = JSON.stringify(options);
    const idle = this.#idle.get(kind) ?? [];
    this.#idle.set(kind, idle);
    const visitor = idle.pop() ?? (await this.#arrive(options));
    const { page, faults, server } = visitor;
    const before = server.sent;
    try {
      await page.goto(server.base + address, { waitUntil: "load" });
      await body(page, () => server.sent - before);
      assert.deepEqual(faults, [], `${address}: no error, and no request that leaves the site`);
      await page.evaluate(() => [localStorage, sessionStorage].forEach((store) => store.clear()));
      idle.push(visitor);
    } catch (error) {
      await this.#leave(visitor); // Its state is unknown.
      throw error;
    }
  }
  async #arrive(options) {
    const server = await new Host().start();
    const visitor = { server, ...(await visit(this.#browser, server.base, options)) };
    this.#all.add(visitor);
    return visitor;
  }
  async #leave(visitor) {
    this.#all.delete(visitor);
    await visitor.context.close();
    visitor.server.stop();
  }
  async close() {
    await Promise.all([...this.#all].map((visitor) => this.#leave(visitor)));
  }
}
