// The rules for all JavaScript of the repository: ESLint's recommended ones. tests/pages/run calls it.
import js from "@eslint/js";
import globals from "globals";

/** Scripts of a page: only the browser's names, and their own imports. */
const inPages = ["docs/assets/**", "tools/editor/**"];

export default [
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  { files: inPages, languageOptions: { globals: globals.browser } },
  {
    // (In a classic script every name that is declared is the page's.)
    files: ["docs/assets/first.js"],
    languageOptions: { sourceType: "script" },
    rules: { "no-implicit-globals": ["error", { lexicalBindings: true }] },
  },
  {
    // A module that workbook.js has bundled would run a second time, with its own state.
    files: ["docs/assets/live/**", "docs/assets/present/**"],
    rules: { "no-restricted-imports": ["error", { patterns: [{ regex: "^\\.\\./(?!(dom|offered)\\.js$)" }] }] },
  },
  {
    // The code of a page's workers, and its tests in Node.
    files: ["tools/browser/host/**"],
    languageOptions: { globals: { ...globals["shared-node-browser"], self: "readonly" } },
  },
  { files: ["docs/offline.js"], languageOptions: { globals: globals.serviceworker } },
  { files: ["tools/browser/*.js"], languageOptions: { globals: globals.node } },
  {
    // The functions that are handed to a page run there.
    files: ["tests/bench/**", "tests/browser/**", "tests/pages/**"],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
];
