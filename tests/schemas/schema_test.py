"""Whether each JSON file fits its schema in docs/schemas, and what a schema refuses.

Needs Debian's python3-jsonschema; without it this fails.
"""

import copy
import functools
import json
import pathlib
import unittest
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# The files of each kind. (missing.json is written by the build, if there is one.)
KINDS = {
    "run": "lessons/*/run.json",
    "exercise": "lessons/*/exercise.json",
    "replay": "lessons/*/replay.json",
    "server": "tools/servers/*.json",
    "missing": "build/*/missing.json",
}

# A good file of each kind, with one of everything: the wrong ones are made from it.
GOOD: dict[str, dict[str, Any]] = {
    "run": {
        "clock": "real",
        "asio": True,
        "server": "10-http-request/server",
        "arguments": ["http://{server}/potatoes"],
        "timed": False,
        "needs": [{"name": "Redis", "command": "redis-server", "package": "redis-server"}],
        "programs": {
            "async_https": {
                "arguments": [],
                "timed": True,
                "needs": [
                    {
                        "name": "OpenSSL",
                        "include": "openssl-3",
                        "header": "openssl/ssl.h",
                        "libraries": ["ssl", "crypto"],
                        "package": "libssl-dev",
                    }
                ],
                "starts": ["servers/redis"],
                "definitions": ["ASIO_HAS_IO_URING", "ASIO_CONCURRENCY=1"],
                "header_only": True,
                "may_be_refused": "No io_uring",
            }
        },
    },
    "exercise": {
        "task": "Wait.",
        "starter_fails": "It does not wait.",
        "may_sleep": True,
        "may_start_threads": True,
        "must_hold": 3.0,
        "overlap": [["Start tea", "End tea"], ["Start egg", "End egg"]],
        "hints": ["A timer waits.", "`co_await` it.", "`co_await timer.async_wait(token);`"],
        "wrong": {"not_awaited": "It does not wait.", "blocking": "The thread slept."},
    },
    "replay": {
        "sync": {"total_ms": 3000, "lines": [[1000, "First"], [3000, ""]]},
        "async": {"total_ms": 0, "lines": [], "server": [[0, "GET /"]]},
    },
    "server": {"needs": [{"name": "Redis", "command": "redis-server", "package": "redis-server"}]},
    "missing": {
        "26-redis.sync": {
            "sentence": "lessons/26-redis/sync.cpp needs hiredis: sudo apt-get install libhiredis-dev",
            "packages": ["libhiredis-dev"],
        }
    },
}


def set_to(*path_and_value: Any) -> Callable[[Any], None]:
    """Sets the value at a path of keys and indexes."""
    *path, last, value = path_and_value

    def change(told: Any) -> None:
        for key in path:
            told = told[key]
        told[last] = value

    return change


def without(*path: Any) -> Callable[[Any], None]:
    def change(told: Any) -> None:
        for key in path[:-1]:
            told = told[key]
        del told[path[-1]]

    return change


def simulated_with(key: str, value: Any) -> Callable[[Any], None]:
    """Nothing but the clock, simulated, and one more."""

    def change(told: Any) -> None:
        told.clear()
        told.update({"clock": "simulated", key: value})

    return change


@functools.cache
def schema_of(kind: str) -> dict[str, Any]:
    path = ROOT / "docs/schemas" / f"{kind}.schema.json"
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema


def faults(kind: str, told: Any) -> list[tuple[str, str]]:
    """Each as its path in the file and the word of the schema that refuses it."""
    schema = schema_of(kind)
    others = {f"{other}.schema.json": schema_of(other) for other in KINDS}
    resolver = jsonschema.RefResolver("", schema, others)
    validator = jsonschema.Draft202012Validator(schema, resolver=resolver)
    return [(error.json_path, error.validator) for error in validator.iter_errors(told)]


def places(told: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of everything in a file."""
    yield path
    if isinstance(told, dict | list):
        for key in told if isinstance(told, dict) else range(len(told)):
            yield from places(told[key], (*path, key))


def properties(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property that a schema knows, however deep."""
    if isinstance(schema, dict):
        given = schema.get("properties", {})
        yield from ((name, each) for name, each in given.items() if isinstance(each, dict))
        for key, each in schema.items():
            if key not in ("if", "then"):
                yield from properties(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from properties(each)


class Schemas(unittest.TestCase):
    def test_each_schema_is_one_and_says_what_each_field_means(self) -> None:
        for kind in KINDS:
            schema = schema_of(kind)
            jsonschema.Draft202012Validator.check_schema(schema)
            for name, each in properties(schema):
                owner, _, path = each.get("$ref", "").partition("#/$defs/")
                home = schema_of(owner.removesuffix(".schema.json")) if owner else schema
                shared = home.get("$defs", {}).get(path, {})
                with self.subTest(kind=kind, field=name):
                    self.assertTrue(each.get("description") or shared.get("description"))

    def test_each_file_is_as_its_schema_says(self) -> None:
        for kind, files in KINDS.items():
            paths = sorted(ROOT.glob(files))
            self.assertTrue(paths or kind == "missing", f"There is no {files}")
            for path in paths:
                with self.subTest(path=path.relative_to(ROOT).as_posix()):
                    self.assertEqual(faults(kind, json.loads(path.read_text("utf-8"))), [])

    def test_a_good_one_is_not_refused(self) -> None:
        for kind in KINDS:
            with self.subTest(kind=kind):
                self.assertEqual(faults(kind, GOOD[kind]), [])
        self.assertEqual(faults("run", {"clock": "simulated", "asio": False}), [])

    def test_a_wrong_one_is_refused(self) -> None:
        for kind, change, where, word in self.WRONG:
            told = copy.deepcopy(GOOD[kind])
            change(told)
            with self.subTest(kind=kind, told=told):
                self.assertIn((where, word), faults(kind, told))

    def test_a_value_of_another_type_is_refused(self) -> None:
        for kind in KINDS:
            for path in places(GOOD[kind]):
                told = {"all": copy.deepcopy(GOOD[kind])}
                set_to("all", *path, None)(told)
                where = "$" + "".join(
                    f"[{key}]" if isinstance(key, int) else f".{key}" for key in path
                )
                with self.subTest(kind=kind, where=where):
                    self.assertIn(where, [place for place, _ in faults(kind, told["all"])])

    NEED = ("programs", "async_https", "needs", 0)
    OF_NEED = "$.programs.async_https.needs[0]"
    # The file, what is changed in it, where the schema sees it, and by which of its words.
    WRONG: tuple[tuple[str, Callable[[Any], None], str, str], ...] = (
        ("run", without("clock"), "$", "required"),
        ("run", set_to("clock", "fast"), "$.clock", "enum"),
        ("run", set_to("clcok", "real"), "$", "additionalProperties"),
        ("run", simulated_with("server", "10-http-request/server"), "$", "not"),
        ("run", simulated_with("clients", "22-echo-server/clients"), "$", "not"),
        ("run", simulated_with("arguments", ["1"]), "$", "not"),
        (
            "run",
            simulated_with("programs", {"async": {"arguments": ["1"]}}),
            "$.programs.async",
            "not",
        ),
        ("run", set_to("clients", "22-echo-server/clients"), "$", "not"),
        ("run", set_to("server", "server"), "$.server", "pattern"),
        ("run", set_to("server", "10-http-request/server.cpp"), "$.server", "pattern"),
        ("run", set_to("asio", "no"), "$.asio", "type"),
        ("run", set_to("timed", 0), "$.timed", "type"),
        ("run", set_to("arguments", "{server}"), "$.arguments", "type"),
        ("run", set_to("arguments", 0, 3), "$.arguments[0]", "type"),
        ("run", set_to("programs", {}), "$.programs", "minProperties"),
        ("run", set_to("programs", "a.cpp", {}), "$.programs", "pattern"),
        (
            "run",
            set_to("programs", "async_https", "server", "10-http-request/server"),
            "$.programs.async_https",
            "additionalProperties",
        ),
        (
            "run",
            set_to("programs", "async_https", "starts", ["redis"]),
            "$.programs.async_https.starts[0]",
            "pattern",
        ),
        (
            "run",
            set_to("programs", "async_https", "header_only", 1),
            "$.programs.async_https.header_only",
            "type",
        ),
        (
            "run",
            set_to("programs", "async_https", "definitions", 0, "-DASIO_DISABLE_EPOLL"),
            "$.programs.async_https.definitions[0]",
            "pattern",
        ),
        (
            "run",
            set_to("programs", "async_https", "definitions", []),
            "$.programs.async_https.definitions",
            "minItems",
        ),
        (
            "run",
            set_to("programs", "async_https", "definitions", ["ASIO_DISABLE_EPOLL"] * 2),
            "$.programs.async_https.definitions",
            "uniqueItems",
        ),
        (
            "run",
            set_to("programs", "exercise", {"definitions": ["ASIO_DISABLE_EPOLL"]}),
            "$.programs.exercise",
            "not",
        ),
        (
            "run",
            set_to("programs", "headers", {"header_only": True}),
            "$.programs.headers",
            "not",
        ),
        (
            "run",
            set_to("programs", "async_https", "may_be_refused", ""),
            "$.programs.async_https.may_be_refused",
            "minLength",
        ),
        ("run", without("needs", 0, "package"), "$.needs[0]", "required"),
        ("run", without("needs", 0, "name"), "$.needs[0]", "required"),
        ("run", without("needs", 0, "command"), "$.needs[0]", "oneOf"),
        (
            "run",
            without(*NEED, "libraries"),
            OF_NEED,
            "oneOf",
        ),
        (
            "run",
            set_to(*NEED, "command", "openssl"),
            OF_NEED,
            "oneOf",
        ),
        ("run", set_to("programs", "async_https", {}), "$.programs.async_https", "minProperties"),
        (
            "run",
            set_to("programs", "async_https", "starts", []),
            "$.programs.async_https.starts",
            "minItems",
        ),
        ("run", set_to("needs", 0, "version", "7"), "$.needs[0]", "additionalProperties"),
        ("run", set_to("needs", 0, "name", ""), "$.needs[0].name", "minLength"),
        ("run", set_to("needs", 0, "command", ""), "$.needs[0].command", "minLength"),
        ("run", set_to("needs", 0, "package", "redis server"), "$.needs[0].package", "pattern"),
        ("run", set_to(*NEED, "header", ""), f"{OF_NEED}.header", "minLength"),
        ("run", set_to(*NEED, "include", ""), f"{OF_NEED}.include", "minLength"),
        ("run", set_to(*NEED, "libraries", []), f"{OF_NEED}.libraries", "minItems"),
        ("run", set_to(*NEED, "libraries", 0, ""), f"{OF_NEED}.libraries[0]", "minLength"),
        ("exercise", without("task"), "$", "required"),
        ("exercise", without("starter_fails"), "$", "required"),
        ("exercise", without("hints"), "$", "required"),
        ("exercise", without("wrong"), "$", "required"),
        ("exercise", set_to("task", " "), "$.task", "pattern"),
        ("exercise", set_to("minutes", 10), "$", "additionalProperties"),
        ("exercise", set_to("may_sleep", "yes"), "$.may_sleep", "type"),
        ("exercise", set_to("may_start_threads", 1), "$.may_start_threads", "type"),
        ("exercise", set_to("must_hold", 0), "$.must_hold", "exclusiveMinimum"),
        ("exercise", without("hints", 0), "$.hints", "minItems"),
        ("exercise", set_to("hints", ["a"] * 4), "$.hints", "maxItems"),
        ("exercise", set_to("hints", 1, ""), "$.hints[1]", "pattern"),
        ("exercise", without("overlap", 0), "$.overlap", "minItems"),
        ("exercise", without("overlap", 0, 1), "$.overlap[0]", "minItems"),
        ("exercise", set_to("overlap", 0, ["a", "b", "c"]), "$.overlap[0]", "maxItems"),
        ("exercise", without("wrong", "blocking"), "$.wrong", "minProperties"),
        ("exercise", set_to("wrong", "right_one", "It is."), "$.wrong", "pattern"),
        ("exercise", set_to("wrong", "blocking", 1), "$.wrong.blocking", "type"),
        ("server", without("needs"), "$", "required"),
        ("server", set_to("name", "Redis"), "$", "additionalProperties"),
        ("server", without("needs", 0, "command"), "$.needs[0]", "oneOf"),
        ("missing", without("26-redis.sync", "sentence"), "$.26-redis.sync", "required"),
        ("missing", set_to("26-redis.sync", "packages", []), "$.26-redis.sync.packages", "minItems"),
        ("replay", dict.clear, "$", "minProperties"),
        ("replay", without("sync", "total_ms"), "$.sync", "required"),
        ("replay", without("sync", "lines"), "$.sync", "required"),
        ("replay", set_to("sync", "total_ms", 3.5), "$.sync.total_ms", "type"),
        ("replay", set_to("sync", "total_ms", -1), "$.sync.total_ms", "minimum"),
        ("replay", set_to("sync", "total", 3), "$.sync", "additionalProperties"),
        ("replay", set_to("sync.cpp", {}), "$", "pattern"),
        ("replay", set_to("sync", "lines", 0, 0, "1 s"), "$.sync.lines[0][0]", "type"),
        ("replay", set_to("sync", "lines", 0, 1, "a\nb"), "$.sync.lines[0][1]", "pattern"),
        ("replay", set_to("sync", "lines", 0, [1000]), "$.sync.lines[0]", "minItems"),
        ("replay", set_to("sync", "lines", 0, [1, "", 2]), "$.sync.lines[0]", "items"),
        ("replay", set_to("async", "server", 0, 0, -1), "$.async.server[0][0]", "minimum"),
    )


if __name__ == "__main__":
    unittest.main()
