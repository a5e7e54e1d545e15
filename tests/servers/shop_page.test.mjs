// The page of lesson 28's shop, without a browser: its script, with just enough of a page around it.
import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { URL } from "node:url";

const header = new URL("../../lessons/28-order-pipeline/page.hpp", import.meta.url);
const script = /<script>(.*)<\/script>/s.exec(fs.readFileSync(header, "utf8"))[1];

/** Orders once for each of `answers`, and returns the orders that were sent, and what the page said last. */
async function order(...answers) {
  const sent = [];
  const output = { textContent: "" };
  const form = { number: { value: 1 }, item: { value: "kettle" } };
  const found = { form, output, "#counts": {}, "#events": { prepend() {} } };
  const fetch = async (path, request) => {
    if (path !== "/orders") return { text: async () => "{}" };
    sent.push(request.body);
    const answer = answers.shift();
    if (answer === undefined) throw new TypeError("Failed to fetch");
    return { ok: answer === 202, text: async () => `${answer}` };
  };
  const document = { querySelector: (name) => found[name] };
  const random = () => 7e-6; // the first number is 7
  new Function("document", "fetch", "EventSource", "Math", script)(
    document,
    fetch,
    class {},
    { ceil: Math.ceil, random },
  );
  for (let left = answers.length; left > 0; --left) await form.onsubmit({ preventDefault() {} });
  return { sent, said: output.textContent };
}

test("an accepted order is followed by the next number", async () => {
  assert.deepEqual((await order(202, 202)).sent, ["7 kettle", "8 kettle"]);
});

test("an order that was not accepted keeps its number", async () => {
  assert.deepEqual((await order(503, 202, 202)).sent, ["7 kettle", "7 kettle", "8 kettle"]);
});

test("an order without an answer keeps its number, and the page says so", async () => {
  assert.deepEqual((await order(undefined, 202)).sent, ["7 kettle", "7 kettle"]);
  assert.equal((await order(undefined)).said, "No answer: order again");
});
