// Makes the compiler files of a page: the precompiled header, which only the same clang can read, and the object with
// the code of what the header instantiates; and puts everything into the few files that a page fetches.
//
//   node --stack-size=8000 precompile.js SOURCES NATIVE OUT
//     SOURCES   what `fetch` has fetched
//     NATIVE    the build folder of this folder's CMakeLists.txt, with the libraries
//     OUT       gets kit.json, precompiled.pch, headers.tar and libraries.tar
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { archive } from "./archive.js";
import { FileTree } from "./host/file_tree.js";
import { runTool } from "./host/tool.js";

const here = dirname(fileURLToPath(import.meta.url));
const [sources, native, out] = process.argv.slice(2);
if (!out) {
  console.error("precompile.js: call it as precompile.js SOURCES NATIVE OUT.");
  process.exit(2);
}
const llvm = await WebAssembly.compile(readFileSync(join(sources, "llvm.core.wasm")));
const tree = new FileTree();

function putFolder(folder, path) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const [from, to] = [join(folder, entry.name), `${path}/${entry.name}`];
    if (entry.isDirectory()) putFolder(from, to);
    else tree.put(to, new Uint8Array(readFileSync(from)));
  }
}

function run(what, words) {
  const began = performance.now();
  const { status, said, memory } = runTool(llvm, words, tree);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  if (status !== 0) {
    console.error(`${what} failed (${status}): ${words.join(" ")}\n${said}`);
    process.exit(1);
  }
  console.log(`${what}: ${seconds} s, ${memory >> 20} MiB`);
  return said;
}

// The command that clang's driver would run: the first line of "-###" with a quoted command.
function commandOf(words) {
  const said = run("the driver", ["clang++", "-###", ...words]);
  const line = said.split("\n").find((each) => each.startsWith(' "'));
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word]) => word.replaceAll(/\\(.)/g, "$1"));
}

// ---- The files that clang looks at -------------------------------------------------------------

const includes = {
  "include/world": join(here, "include"),
  "include/asio": join(sources, "asio"),
  "include/fmt": join(sources, "fmt/include"),
  "include/c++": join(native, "include/c++/v1"),
  "include/c": join(sources, "libc/include/wasm32-wasip1"),
};
for (const [path, folder] of Object.entries(includes)) putFolder(folder, path);
// clang's own headers (stddef.h and its like, and those of processors, which a page has no use for) are beside the C
// library's.
for (const name of readdirSync(join(sources, "libc/include"))) {
  if (/^(__)?(std|float|limits|inttypes|iso646|tgmath).*\.h$/.test(name)) tree.put(`clang/include/${name}`, new Uint8Array(readFileSync(join(sources, "libc/include", name))));
}
tree.put("warm_up.hpp", new Uint8Array(readFileSync(join(here, "../../cmake/warm_up.hpp"))));

const flags = readFileSync(join(here, "flags.txt"), "utf8").trim().split("\n");
const compile = (words) =>
  commandOf([
    "--target=wasm32-wasip1", "-resource-dir", "/clang", ...flags,
    ...Object.keys(includes).flatMap((path) => ["-isystem", `/${path}`]),
    "-fdiagnostics-absolute-paths", ...words,
  ]);

// ---- The header and its object -----------------------------------------------------------------

const PRECOMPILED = "precompiled.pch";
// (With its macros replaced beforehand, but still defined: otherwise it would keep the place of each replacement, which is
// a tenth of what a page fetches. clang looks for this text, too, before it takes the precompiled header.)
const EXPANDED = "expanded.hpp";
// The same headers without Asio's, for a lesson that has its own `asio`. A page compiles them itself when it needs them.
const WITHOUT_ASIO = "without_asio.hpp";
const included = new TextDecoder().decode(tree.read("warm_up.hpp")).match(/^#include <(?!asio).*$/gm);
tree.put(WITHOUT_ASIO, new TextEncoder().encode(`${included.join("\n")}\n`));
// A page has all headers: a program may include more than lessons do.
const headers = [...tree.files.keys(), EXPANDED];
run("the headers", compile(["-E", "-dD", "-x", "c++-header", "/warm_up.hpp", "-o", `/${EXPANDED}`]));
const header = ["-x", "c++-header", `/${EXPANDED}`];
run(
  "the precompiled header",
  compile([...header, "-o", `/${PRECOMPILED}`, "-fpch-instantiate-templates", "-fpch-codegen"]),
);
const object = compile([...header, "-o", "/warmed_up.o"]);
object[object.indexOf("-emit-pch")] = "-emit-obj";
object[object.lastIndexOf("c++-header")] = "precompiled-header";
object[object.indexOf(`/${EXPANDED}`)] = `/${PRECOMPILED}`;
run("its object", object);

// ---- What a page fetches -----------------------------------------------------------------------

const libraries = [
  ["warmed_up.o", tree.read("warmed_up.o")],
  ...["libworld.a", "libasio.a", "libfmt.a", "libc++.a", "libc++abi.a"].map((name) => [name, readFileSync(join(native, name))]),
  ...["libwasi-emulated-signal.a", "libwasi-emulated-process-clocks.a", "libc.a"].map((name) => [
    name, readFileSync(join(sources, "libc/lib/wasm32-wasip1", name)),
  ]),
  ["libbuiltins.a", readFileSync(join(sources, "libc/lib/wasm32-unknown-wasip1/libclang_rt.builtins.a"))],
].map(([name, content]) => [`lib/${name}`, content]);

const lib = (...names) => names.map((name) => `/lib/${name}`);
const link = (parts) => [
  "wasm-ld", "-m", "wasm32", "/program.o", "--whole-archive", ...lib("libworld.a"), "--no-whole-archive", ...lib(...parts),
  ...lib("libfmt.a", "libc++.a", "libc++abi.a", "libwasi-emulated-signal.a", "libwasi-emulated-process-clocks.a", "libc.a", "libbuiltins.a"),
  "-o", "/program.wasm",
];
// The driver wants to see a file; the place of its name is where each program's comes.
tree.put("source.cpp", new Uint8Array());
const program = compile(["-c", "/source.cpp", "-o", "/program.o"])
  .map((word) => word.replaceAll("source.cpp", "{source}"))
  .flatMap((word) => (word === "-cc1" ? [word, "-include-pch", "/{header}"] : [word]));
tree.put("program.ll", new Uint8Array());
const kit = {
  assembly: "program.ll",
  object: "program.o",
  module: "program.wasm",
  compile: program,
  withAsio: { precompiled: PRECOMPILED, link: link(["warmed_up.o", "libasio.a"]) },
  withoutAsio: {
    precompiled: "without_asio.pch",
    precompile: compile(["-x", "c++-header", `/${WITHOUT_ASIO}`, "-o", "/without_asio.pch", "-fpch-instantiate-templates"]),
    link: link([]),
  },
  assemble: compile(["-O1", "-c", "-x", "ir", "/program.ll", "-o", "/program.o"]),
};

mkdirSync(out, { recursive: true });
const write = (name, content) => {
  writeFileSync(join(out, name), content);
  console.log(`${name}: ${content.length} bytes`);
};
write("kit.json", `${JSON.stringify(kit, null, 1)}\n`);
write(PRECOMPILED, tree.read(PRECOMPILED));
write("headers.tar", archive(headers.map((path) => [path, tree.read(path)])));
write("libraries.tar", archive(libraries));
