"""Mutation testing of a room: its source with one change at a time, and whether the tests see it.

    python -m tests.trust.mutation [--room derive/equality] [--count N] [--seed N]

COUNT of all changes are drawn: a comparison, an operator, `and` for `or`, a number, a truth value, a condition turned
round. Each is tried in a process of its own on the tests of the room, which may take two minutes of processor time.
What no test sees is printed with its line: a person looks at it, and docs/trust.md tells what came of that.
"""

import argparse
import ast
import copy
import os
import random
import resource
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import pytest
from msgspec import Struct

ROOT = Path(__file__).parent.parent.parent
SECONDS = 120
TESTS = {
    "derive/equality": ("test_equality_cases.py", "test_equality.py", "test_equality_laws.py", "test_kernel.py",
                        "test_equal.py", "test_generated_documents.py"),
    "derive/kernel": ("test_kernel.py",),
    "derive/checking": ("test_lines.py", "test_checking.py", "test_report.py", "test_slips.py", "test_documents.py",
                        "test_check_laws.py", "test_generated_documents.py"),
    "derive/small_models": ("test_small_models.py", "test_certificates.py", "test_defects.py"),
}  # fmt: skip
"""The rooms, and the tests that are to see a change of them."""

OTHER: dict[type[ast.AST], Any] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult, ast.Mod: ast.Add,
}  # fmt: skip


class Change(Struct, frozen=True):
    """One change of a file: the node, by its number in a walk, and what becomes of it."""

    file: Path
    node: int
    line: int
    told: str


def changes(file: Path) -> Iterator[Change]:
    """Every change of a file that this knows."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for number, node in enumerate(ast.walk(tree)):
        other = copy.deepcopy(node)
        if hasattr(node, "lineno") and altered(other):
            before, after = ast.unparse(node).splitlines()[0], ast.unparse(other).splitlines()[0]
            yield Change(file, number, node.lineno, f"{before}  →  {after}")


def altered(node: ast.AST) -> bool:
    """Change a node in place, where it is of a kind that has a change."""
    if isinstance(node, ast.Compare):
        node.ops[0] = _other(node.ops[0])
    elif isinstance(node, (ast.BoolOp, ast.BinOp)) and type(node.op) in OTHER:
        node.op = _other(node.op)
    elif isinstance(node, ast.Constant) and isinstance(node.value, (bool, int)):
        node.value = not node.value if isinstance(node.value, bool) else node.value + 1
    elif isinstance(node, (ast.If, ast.IfExp, ast.While)):
        node.test = ast.UnaryOp(ast.Not(), node.test)
    else:
        return False
    return True


def _other(operator: ast.AST) -> Any:
    return OTHER[type(operator)]()


class Changed(MetaPathFinder, Loader):
    """Imports one module with a change, all others as they are."""

    def __init__(self, change: Change) -> None:
        tree = ast.parse(change.file.read_text(encoding="utf-8"))
        altered(list(ast.walk(tree))[change.node])
        self.code: CodeType = compile(ast.fix_missing_locations(tree), str(change.file), "exec")
        parts = change.file.relative_to(ROOT).with_suffix("").parts
        self.is_package = parts[-1] == "__init__"
        self.name = ".".join(parts[:-1] if self.is_package else parts)

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """The changed module's own."""
        return spec_from_loader(name, self, is_package=self.is_package) if name == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        """Its code, changed."""
        exec(self.code, module.__dict__)


def is_seen(change: Change | None, tests: Sequence[str]) -> bool:
    """Whether the tests fail, or do not end, with a change or without one."""
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        if change is not None:
            sys.meta_path.insert(0, Changed(change))
        os._exit(int(pytest.main(["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", *tests])))
    return os.waitpid(child, 0)[1] != 0


def main() -> int:
    """Draw, try, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--room", default="derive/equality", choices=TESTS)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    import hypothesis  # noqa: F401  # so that each process need not
    import sympy  # noqa: F401

    tests = [str(ROOT / "tests" / "derive" / name) for name in TESTS[asked.room]]
    if is_seen(None, tests):
        print("the tests fail without any change")
        return 1
    everything = [change for file in sorted((ROOT / asked.room).rglob("*.py")) for change in changes(file)]
    drawn = random.Random(asked.seed).sample(everything, min(asked.count, len(everything)))
    unseen = 0
    for change in drawn:
        if not is_seen(change, tests):
            unseen += 1
            print(f"  {change.file.relative_to(ROOT)}:{change.line}: {change.told}", flush=True)
    print(f"{asked.room}, seed {asked.seed}: {len(drawn)} of {len(everything)} changes tried, {unseen} not seen")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
