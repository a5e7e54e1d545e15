// The pages as ./workbook serve shows them: the address that it prints brings a token, and a page that has it can run
// programs (live/). A copy of the pages has no token, and none of this.
import { session } from "./storage.js";

const key = "workbook-token";
let token = "";
let live; // the module of live/, as soon as there is a token

function take(fresh) {
  token = fresh;
  session.set(key, token); // if that fails, only while this page is open
  live ??= import(
    new URL("assets/live/live.js", new URL(`${document.body.dataset.base}/`, location))
  );
  live.then(({ take }) => take(fresh));
}

if (/^http:\/\/(127\.0\.0\.1|localhost):/.test(location.href)) {
  // A page opened in another tab asks the others, and a new token reaches them all.
  const tabs = new BroadcastChannel(key);
  const fromAddress = () => {
    const [, fresh] = /^#token=([0-9a-f]{64})$/.exec(location.hash) ?? [];
    if (!fresh) return;
    history.replaceState(history.state, "", location.pathname + location.search);
    take(fresh);
    tabs.postMessage(fresh);
  };
  tabs.addEventListener("message", ({ data }) => {
    if (data !== "which?") {
      if (data !== token) take(data);
    } else if (token) tabs.postMessage(token);
  });
  addEventListener("hashchange", fromAddress);
  fromAddress();
  if (!token) {
    const kept = session.get(key);
    if (kept) take(kept);
    else tabs.postMessage("which?");
  }
}
