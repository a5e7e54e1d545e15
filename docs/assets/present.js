// The button and the key that present a lesson. What presents it (present/) is fetched only when it is wanted: as a
// script and not as a module, because a page that was opened as a file can load no module.
import { make } from "./dom.js";

const ADDRESS = /^#present(?:-(\d+))?$/;
const button = document.querySelector(".present-open");
const { base } = document.body.dataset;

const loaded = (node) =>
  new Promise((done, fail) => {
    node.onload = done;
    node.onerror = fail;
    document.head.append(node);
  });
let parts;
async function present(step = 1) {
  parts ??= Promise.all([
    loaded(make("link", { rel: "stylesheet", href: `${base}/assets/present.css` })),
    loaded(make("script", { src: `${base}/assets/present/presenting.js` })),
  ]);
  await parts;
  document.dispatchEvent(new CustomEvent("workbook:present", { detail: step }));
}

if (button) {
  button.addEventListener("click", () => present());
  addEventListener("keydown", (event) => {
    const typing = event.target.isContentEditable || event.target.closest("input, textarea, select, dialog");
    if (event.key !== "p" || event.ctrlKey || event.metaKey || event.altKey || typing) return;
    event.preventDefault();
    present();
  });
  const fromAddress = () => {
    const address = ADDRESS.exec(location.hash);
    if (address) present(Number(address[1] ?? 1));
  };
  addEventListener("hashchange", fromAddress);
  fromAddress();
}
