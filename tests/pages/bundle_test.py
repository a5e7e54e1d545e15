"""The script that tools/site/bundle.py makes of modules, run by Node, and what it refuses."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools/site"))
sys.dont_write_bytecode = True
from bundle import Bundle  # noqa: E402
from mkdocs.exceptions import PluginError  # noqa: E402


class Modules(unittest.TestCase):
    def bundle(self, **modules: str) -> str:
        with tempfile.TemporaryDirectory() as folder:
            for name, text in modules.items():
                (pathlib.Path(folder) / f"{name}.js").write_text(text, encoding="utf-8")
            return Bundle(pathlib.Path(folder), "entry.js").text

    def prints(self, text: str) -> str:
        return subprocess.run(
            ["node", "--input-type=commonjs", "-e", text], check=True, capture_output=True, text=True
        ).stdout

    def refuses(self, message: str, **modules: str) -> None:
        with self.assertRaises(PluginError) as refused:
            self.bundle(**modules)
        self.assertEqual(str(refused.exception), message)

    def test_each_module_runs_once_in_the_order_of_a_browser_and_has_its_own_names(self) -> None:
        text = self.bundle(
            entry='import "./first.js";\nimport { say,\n  Twice, two } from "./say.js";\n'
            'const secret = "entry";\nsay(secret, new Twice().of(two));\n',
            first='import { say } from "./say.js";\nconst secret = "first";\nsay(secret);\n',
            say='export const two = 2;\nexport function say(...words) {\n  console.log(...words);\n}\n'
            "export class Twice {\n  of = (n) => 2 * n;\n}\nconsole.log(typeof secret, this);\n",
        )
        self.assertEqual(self.prints(text), "undefined undefined\nfirst\nentry 4\n")
        globals = self.prints(text + "console.log(typeof say, typeof $say);").splitlines()[-1]
        self.assertEqual(globals, "undefined undefined")

    def test_what_is_refused(self) -> None:
        form = "is not a form that tools/site/bundle.py takes."
        for statement in (
            'import * as all from "./other.js";',
            'import { a as b } from "./other.js";',
            'import other from "./other.js";',
            "export default 1;",
            "export { a };",
            "export let a = 1;",
            'export * from "./other.js";',
        ):
            self.refuses(f"docs/assets/entry.js:2: `{statement}` {form}",
                         entry=f"// One\n{statement}\n", other="export const a = 1;\n")
        self.refuses("docs/assets/entry.js:1: other.js exports no `b`; fix the import.",
                     entry='import { a, b } from "./other.js";', other="export const a = 1;\n")
        self.refuses("docs/assets/entry.js:1: there is no docs/assets/other.js; fix the import.",
                     entry='import "./other.js";')
        self.refuses(
            "docs/assets/other.js:1: entry.js imports this module; move what both need to a third one.",
            entry='import "./other.js";', other='import "./entry.js";',
        )


if __name__ == "__main__":
    unittest.main()
