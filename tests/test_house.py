"""The house rules of docs/architecture.md, held by reading the source: who imports whom, who prints, who executes."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

ROOMS = {
    "derive": (
        "errors",
        "archives",
        "defects",
        "delivery",
        "workers",
        "truth",
        "kernel",
        "shown",
        "names",
        "rules",
        "conventions",
        "reach",
        "network",
        "ordering",
        "gradients",
        "equality",
        "written",
        "text",
        "sentences",
        "mistakes",
        "folding",
        "documents",
        "formulas",
        "small_models",
        "equal",
        "certificates",
        "walkthrough",
        "quiz",
        "training",
        "interface",
        "board",
        "drawing",
        "latex",
        "tex",
        "mathml",
        "checking",
        "verdicts",
        "defined_network",
        "formats",
        "notebook",
        "language_server",
        "page",
        "console",
        "__main__",
    ),
    "sheets": (
        "cells",
        "references",
        "formulas",
        "building",
        "auditing",
        "roster",
        "exercise",
        "marking",
        "grading",
        "findings_csv",
        "report",
        "page",
        "excerpt",
        "browser",
        "notebook",
        "__main__",
    ),
}
"""From left to right: a room imports only rooms to its left."""

WITHIN = {
    "derive.formulas": (
        "signs",
        "arguments",
        "names",
        "tokens",
        "brackets",
        "habits",
        "vocabulary",
        "transposes",
        "measures",
        "units",
        "aliases",
        "steps",
        "compounds",
        "parameters",
        "runs",
        "phrases",
        "pairs",
        "syntax",
        "array_calls",
        "printed",
        "cursor",
        "scripts",
        "grammar",
        "repairs",
        "claims",
        "functions",
        "elaboration",
        "expression",
    ),
    "derive.gradients": ("slopes", "merged", "chain", "backward"),
    "derive.walkthrough": ("layers", "keys", "samples", "schedule", "walkthrough", "template"),
    "derive.training": ("saturation", "program", "training"),
    "derive.board": ("steps", "vectors", "show"),
    "sheets.formulas": (
        "arithmetic", "functions", "emit", "arrays", "postfix", "recover", "calculation", "intervals",
    ),
    "sheets.building": (
        "layout", "samples", "each_sample", "filldown", "stored", "curve", "announce", "digits", "sketch", "paper",
        "inputs", "summary", "charts", "target", "looks", "front", "companions", "frame", "packing", "workbook",
    ),
}
"""The same within a room that is itself a house."""

ONLY_IN = {
    "openpyxl": (
        "sheets.building.charts", "sheets.building.looks", "sheets.building.front", "sheets.building.companions",
        "sheets.building.frame", "sheets.excerpt", "sheets.auditing", "sheets.exercise", "sheets.grading",
    ),
    "latex2mathml": ("derive.mathml",),
    "pygls": ("derive.language_server",),
    "lark": ("sheets.formulas.postfix", "sheets.formulas.recover"),
    "click": ("derive.console", "derive.__main__", "sheets.__main__"),
}
"""A package, and the rooms, or files of one, that may import it."""

EXECUTES = {"eval", "exec", "sympify", "parse_expr", "literal_eval", "S", "loads"}
PRINTS = {"print", "echo", "secho"}

FILES = sorted(path for package in ROOMS for path in (ROOT / package).rglob("*.py"))


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _room(module: str) -> str:
    """The room of a module: derive.formulas.parser is in derive.formulas."""
    return ".".join(module.split(".")[:2])


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{name.name}" if node.module in ROOMS else str(node.module)
                        for name in node.names)


def _calls(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node.lineno


HOUSE: dict[str, list[Path]] = {}
"""The files of each room; a package's own __init__ is a room of its own."""
for path in FILES:
    HOUSE.setdefault(_room(_module(path)), []).append(path)


@cache
def _read(room: str) -> list[tuple[str, ast.Module]]:
    """The modules of a room."""
    return [(_module(path), ast.parse(path.read_text(encoding="utf-8"))) for path in HOUSE[room]]


@pytest.mark.parametrize("room", [room for room in HOUSE if room not in ROOMS])  # a package names everything, lazily
def test_a_room_imports_only_rooms_to_its_left(room: str) -> None:
    package, _, name = room.partition(".")
    rooms = ROOMS[package]
    assert name in rooms, f"{room} has no place in the house: give it one in ROOMS and in the docs"
    allowed = {f"{package}.{other}" for other in rooms[: rooms.index(name)]} | {room}
    for module, tree in _read(room):
        for imported in _imports(tree):
            other = imported.split(".")[0]
            if other == package:
                assert _room(imported) in allowed, f"{module} imports {imported}, which is to its right"
            if package == "derive":
                assert other not in ("sheets", "openpyxl"), f"{module} imports {imported}"
            if other in ONLY_IN:
                assert any(f"{module}.".startswith(f"{home}.") for home in ONLY_IN[other]), f"{module} imports {other}"


@pytest.mark.parametrize("house", WITHIN)
def test_within_a_room_a_file_imports_only_files_to_its_left(house: str) -> None:
    order = WITHIN[house]
    places = {module: module.removeprefix(f"{house}.").split(".")[0] for module, _ in _read(house) if module != house}
    assert set(places.values()) == set(order)
    for module, tree in _read(house):
        for imported in _imports(tree) if module in places else ():
            if imported.startswith(f"{house}."):
                other = imported.removeprefix(f"{house}.").split(".")[0]
                assert order.index(other) <= order.index(places[module]), f"{module} imports {other}, to its right"


@pytest.mark.parametrize("room", HOUSE)
def test_only_the_commands_print_and_nothing_executes_text(room: str) -> None:
    for module, tree in _read(room):
        for called, line in _calls(tree):
            name = called.split(".")[-1]
            if module.split(".")[-1] not in ("__main__", "console"):
                assert name not in PRINTS, f"{module}:{line} prints"
            assert name not in EXECUTES or called == "tomllib.loads", f"{module}:{line} calls {called}"


def test_nothing_stands_at_the_root_but_what_tools_require() -> None:
    import subprocess

    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    roots = {name.split("/")[0] for name in listed if not name.startswith(".")}
    assert roots <= {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "derive", "sheets", "tests", "docs"}


def test_each_act_that_a_benchmark_times_is_where_it_says() -> None:
    from importlib import import_module

    from tests.bench.timed_build import ACTS

    assert [name for _, module, name in ACTS if not callable(getattr(import_module(module), name, None))] == []
