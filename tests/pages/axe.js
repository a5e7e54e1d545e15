// The faults that axe-core finds in a page as it is now.
import fs from "node:fs";
import { createRequire } from "node:module";

const source = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** All rules that axe applies by default. */
export const usualRules = undefined;
export const everyRule = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** All that depends on the scheme. */
export const contrastOnly = ["color-contrast"];

/** A line for each rule that is broken. */
export async function violations(page, rules) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(source);
  return page.evaluate(async (runOnly) => {
    // The elements that are in order are counted by the thousand: nothing of them is wanted.
    const { violations } = await window.axe.run({ resultTypes: ["violations"], ...(runOnly && { runOnly }) });
    return violations.map(
      ({ id, nodes }) => `${id} ${nodes[0].html.slice(0, 160)} ${nodes[0].any[0]?.message ?? ""}`,
    );
  }, rules);
}

/** What words look like on the page as it is: for each look, all on which its contrast and what it has to be depend. */
export const looksOf = (page) =>
  page.evaluate(() => {
    const grounds = new Map(); // what is behind the words of an element
    const groundOf = (node) => {
      if (!node) return "";
      if (!grounds.has(node)) {
        const { backgroundColor, backgroundImage, opacity } = getComputedStyle(node);
        const own = `${backgroundColor} ${backgroundImage} ${opacity}`;
        const clear = own === "rgba(0, 0, 0, 0) none 1";
        grounds.set(node, groundOf(node.parentElement) + (clear ? "" : `, ${own}`));
      }
      return grounds.get(node);
    };
    const hasWords = (node) =>
      node.matches("input, select, textarea") ||
      [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
    const looks = [...document.body.querySelectorAll("*")]
      .filter((node) => hasWords(node) && node.checkVisibility())
      .map((node) => {
        const { color, fontSize, fontWeight } = getComputedStyle(node);
        const large = parseFloat(fontSize) >= (fontWeight >= 700 ? 18.6 : 24);
        return `${color}${large ? " large" : ""}${groundOf(node)}`;
      });
    return [...new Set(looks)];
  });

/** A listing has thousands of coloured words, and axe takes as long for each as for a paragraph. This leaves one
 *  word of each look in the page, and makes plain text of all that are alike: the same classes, on it and on all
 *  that is around it, and the same colours. Resolves to what puts the listings back. */
export async function thinListings(page) {
  await page.evaluate(() => {
    const looks = new Set();
    const look = (node) => {
      const { color, backgroundColor, opacity, fontSize, fontWeight } = getComputedStyle(node);
      const around = [];
      for (let up = node; up; up = up.parentElement) around.push(up.localName, up.className);
      return [color, backgroundColor, opacity, fontSize, fontWeight, ...around].join();
    };
    const isNew = (node) => {
      const before = looks.size;
      return looks.add(look(node)).size > before;
    };
    const bare = (node) =>
      node.localName === "span" &&
      !node.querySelector("a") && // the number of a note, which is placed in its row
      node.getAttributeNames().every((name) => ["class", "data-note"].includes(name));
    // All looks are taken before anything is replaced: each change would make the next look a new layout.
    window.thinned = [...document.querySelectorAll("pre > code")].map((code) => {
      const thin = code.cloneNode(true);
      const words = [...code.querySelectorAll("*")];
      [...thin.querySelectorAll("*")].forEach((word, n) => {
        if (!isNew(words[n]) && bare(word)) word.replaceWith(...word.childNodes);
      });
      thin.normalize();
      return [code, thin];
    });
    for (const [code, thin] of window.thinned) code.replaceWith(thin);
  });
  return () =>
    page.evaluate(() => {
      for (const [code, thin] of window.thinned) thin.replaceWith(code);
    });
}
