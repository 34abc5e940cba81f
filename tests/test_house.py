"""The house rules of docs/architecture.md, held by reading the source: who imports whom, who prints, who executes."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

ROOMS = {
    "derive": (
        "errors",
        "delivery",
        "workers",
        "kernel",
        "shown",
        "names",
        "rules",
        "network",
        "ordering",
        "slopes",
        "merged",
        "chain",
        "backward",
        "equality",
        "claim",
        "text",
        "mistakes",
        "folding",
        "documents",
        "formulas",
        "small_models",
        "equal",
        "certificates",
        "layers",
        "walkthrough_file",
        "samples",
        "schedule",
        "walkthrough",
        "template",
        "quiz",
        "program",
        "training",
        "interface",
        "steps",
        "vectors",
        "show",
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
        "arithmetic",
        "functions",
        "emit",
        "arrays",
        "recover",
        "calculation",
        "intervals",
        "layout",
        "filldown",
        "stored",
        "curve",
        "digits",
        "spelled",
        "sketch",
        "paper",
        "inputs",
        "summary",
        "charts",
        "target",
        "looks",
        "front",
        "samples",
        "step_sheet",
        "every_sample",
        "picture",
        "table_charts",
        "extract",
        "companions",
        "frame",
        "packing",
        "workbook",
        "announce",
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

ONLY_IN = {
    "openpyxl": (
        "sheets.charts", "sheets.looks", "sheets.front", "sheets.step_sheet", "sheets.every_sample", "sheets.picture",
        "sheets.table_charts", "sheets.extract", "sheets.companions", "sheets.frame", "sheets.excerpt",
        "sheets.auditing",
        "sheets.charts", "sheets.looks", "sheets.front", "sheets.step_sheet", "sheets.picture", "sheets.batch_sheets",
        "sheets.frame", "sheets.excerpt", "sheets.auditing", "sheets.exercise", "sheets.grading",
    ),
    "latex2mathml": ("derive.mathml",),
    "pygls": ("derive.language_server",),
    "lark": ("sheets.recover",),
    "click": ("derive.console", "derive.__main__", "sheets.__main__"),
}
"""A package, and the rooms that may import it."""

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
            called = node.func
            yield getattr(called, "attr", getattr(called, "id", "")), node.lineno


@pytest.mark.parametrize("path", FILES, ids=_module)
def test_a_room_imports_only_rooms_to_its_left(path: Path) -> None:
    module = _module(path)
    package, _, _ = module.partition(".")
    if module in ROOMS:  # the package's own __init__ names everything, lazily
        return
    room = _room(module)
    rooms = ROOMS[package]
    assert room.split(".")[1] in rooms, f"{room} has no place in the house: give it one in ROOMS and in the docs"
    allowed = {f"{package}.{name}" for name in rooms[: rooms.index(room.split(".")[1])]} | {room}
    for imported in _imports(ast.parse(path.read_text(encoding="utf-8"))):
        other = imported.split(".")[0]
        if other == package:
            assert _room(imported) in allowed, f"{module} imports {imported}, which is to its right"
        if package == "derive":
            assert other not in ("sheets", "openpyxl"), f"{module} imports {imported}"
        if other in ONLY_IN:
            assert room in ONLY_IN[other], f"{module} imports {other}"


@pytest.mark.parametrize("path", FILES, ids=_module)
def test_only_the_commands_print_and_nothing_executes_text(path: Path) -> None:
    for name, line in _calls(ast.parse(path.read_text(encoding="utf-8"))):
        if path.name not in ("__main__.py", "console.py"):
            assert name not in PRINTS, f"{path.name}:{line} prints"
        if not (name == "loads" and "tomllib.loads" in path.read_text(encoding="utf-8")):
            assert name not in EXECUTES, f"{path.name}:{line} calls {name}"


def test_nothing_stands_at_the_root_but_what_tools_require() -> None:
    import subprocess

    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    roots = {name.split("/")[0] for name in listed if not name.startswith(".")}
    assert roots <= {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "derive", "sheets", "tests", "docs"}
