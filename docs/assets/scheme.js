// The button that changes between light and dark. first.js sets the chosen scheme before the first paint.
import { local } from "./storage.js";

document.querySelector("button.scheme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.scheme
    ? root.dataset.scheme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.scheme = dark ? "light" : "dark";
  local.set("workbook-scheme", root.dataset.scheme);
});
