// What axe-core finds wrong in a page as it is now.
import fs from "node:fs";
import { createRequire } from "node:module";

const source = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** All that axe does unless it is told otherwise. */
export const usualRules = undefined;
export const everyRule = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** All that depends on the scheme. */
export const contrastOnly = ["color-contrast"];

/** A line for each rule that is broken. Listings are thousands of words, and the contrast of each takes its time:
 *  where they were looked at in the same colours, `listings: false` looks at all the rest. */
export async function violations(page, rules, { listings = true } = {}) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(source);
  return page.evaluate(
    async ([runOnly, exclude]) => {
      // The elements that are in order are counted by the thousand: nothing of them is wanted.
      const { violations } = await axe.run(
        { exclude },
        { resultTypes: ["violations"], ...(runOnly && { runOnly }) },
      );
      return violations.map(
        ({ id, nodes }) => `${id} ${nodes[0].html.slice(0, 160)} ${nodes[0].any[0]?.message ?? ""}`,
      );
    },
    [rules, listings ? [] : ["pre > code"]],
  );
}
