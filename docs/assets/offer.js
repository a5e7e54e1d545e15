// Where the site has a compiler for the page (here/), a button offers it: nothing of it is fetched before.
import { make } from "./dom.js";

const { lesson, kit, base } = document.body.dataset;
const load = (file) => import(new URL(`assets/here/${file}`, new URL(`${base}/`, location)));

/** The button, with what it costs; when the compiler is there, the page is as ./workbook serve shows it. */
async function offer() {
  const { describe, begin } = await load("here.js");
  await describe({ lesson, megabytes: Number(kit), make, begin });
}

if (lesson && kit && location.protocol.startsWith("http") && "DecompressionStream" in window) {
  // With ./workbook serve the machine's own compiler is used.
  if (!document.documentElement.dataset.served) offer();
}
