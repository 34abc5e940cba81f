"""A formula's text to its rules, each after its parts; what LET and LAMBDA call by a name is put where it is used."""

from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Tree
from msgspec import Struct

_GRAMMAR = Path(__file__).parent / "grammar" / "excel.lark"
_MOST_STEPS = 100_000


@cache
def _parser() -> Lark:
    """The grammar of formulas, compiled once a process."""
    return Lark.open(str(_GRAMMAR), parser="lalr")


class Rule(Struct, frozen=True):
    """A rule of the grammar that takes what the so many steps before it came to."""

    name: str
    count: int


Steps = tuple[Rule | Token | None, ...]


@lru_cache(maxsize=4096)
def postfix(text: str) -> Steps:
    """A formula's rules, each after its parts; the cells that it reads may mean something else in each workbook."""
    tree = _parser().parse(text)
    return _flat(_with_bound(tree, {}) if "LET(" in text.upper() else tree)


def _flat(tree: Tree[Token]) -> Steps:
    backwards: list[Tree[Token] | Token | None] = []
    waiting: list[Tree[Token] | Token | None] = [tree]
    while waiting:
        backwards.append(waiting.pop())
        if isinstance(backwards[-1], Tree):
            waiting += backwards[-1].children
        if len(backwards) > _MOST_STEPS:
            raise ValueError("a formula whose own names, put where they are used, make it too long")
    return tuple(Rule(one.data, len(one.children)) if isinstance(one, Tree) else one for one in reversed(backwards))


def _with_bound(tree: Any, bound: Mapping[str, Any]) -> Any:
    """A formula without LET: what it calls by a name stands wherever the name is used."""
    if not isinstance(tree, Tree):
        return tree
    if tree.data == "named":
        return bound.get(_name_of(tree), tree)
    if tree.data == "apply" and function_name(tree.children[0]) == "LET":
        *pairs, body = tree.children[1:]
        if len(pairs) % 2:
            raise ValueError("LET without a value for its last name")
        for name, value in zip(pairs[::2], pairs[1::2], strict=True):
            bound = {**bound, _name_of(name): Tree("grouped", [_with_bound(value, bound)])}
        return Tree("grouped", [_with_bound(body, bound)])
    return Tree(tree.data, [_with_bound(piece, bound) for piece in tree.children])


def _name_of(tree: Any) -> str:
    if not isinstance(tree, Tree) or tree.data != "named":
        raise ValueError("a name stands for a value where LET or LAMBDA has another thing")
    return str(tree.children[0]).lower()


def function_name(opening: Any) -> str:
    """SUM for `_xlfn.sum(`."""
    return str(opening).rstrip("( \t\n").upper().removeprefix("_XLFN.").removeprefix("_XLWS.")


@lru_cache(maxsize=1024)
def lambda_of(text: str) -> tuple[tuple[str, ...], Steps] | None:
    """The parameters and the body of a text that is a LAMBDA; None for any other."""
    whole = _parser().parse(text).children[0]
    if not isinstance(whole, Tree) or whole.data != "apply" or function_name(whole.children[0]) != "LAMBDA":
        return None
    *parameters, body = whole.children[1:]
    return tuple(map(_name_of, parameters)), _flat(Tree("start", [_with_bound(body, {})]))
