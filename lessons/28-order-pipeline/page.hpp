// The page on which to order, and to watch the shop.
#pragma once

#include "../23-web-api/response.hpp"

inline http::Response page() {
  constexpr auto html = R"(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>The shop</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 1.1em/1.5 system-ui; max-width: 32em;
         margin: 2em auto; padding: 0 1em; }
  input, button { font: inherit; }
</style>
<h1>The shop</h1>
<form>
  <label>Order no. <input name="number" type="number" min="1"
    max="999999999" required></label>
  <label>for a <input name="item" pattern="[a-z\-]+" size="12"
    maxlength="40" value="kettle" required></label>
  <button>Order</button> <output></output>
</form>
<p id="counts" role="status"></p>
<ol id="events" reversed></ol>
<script>
  const find = name => document.querySelector(name);
  const count = async () => find('#counts').textContent =
    await (await fetch('/counts')).text();
  const form = find('form');
  // Two windows should not give two orders the same number.
  form.number.value = Math.ceil(Math.random() * 1e6);
  form.onsubmit = async submitted => {
    submitted.preventDefault();
    const {number, item} = form;
    find('output').textContent = 'Ordering ' + number.value;
    try {
      const answer = await fetch('/orders',
        {method: 'POST', body: number.value + ' ' + item.value});
      find('output').textContent = await answer.text();
      // Not accepted: the same order, the same number again.
      if (answer.ok) number.value = Number(number.value) + 1;
    } catch {
      find('output').textContent = 'No answer: order again';
    }
    count();
  };
  const events = new EventSource('/events');
  events.onmessage = event => {
    const line = document.createElement('li');
    line.textContent = event.data;
    find('#events').prepend(line);
    count();
  };
  count();
</script>
)";
  http::Response response{200, html, {}};
  response.headers["Content-Type"] = "text/html";
  return response;
}
