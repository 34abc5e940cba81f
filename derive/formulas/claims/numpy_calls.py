"""What NumPy's calls and indices make of arrays, as written formulas."""

import ast
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from derive.formulas.array_calls import ALONG, ARRAYS, Made
from derive.formulas.syntax import Node
from derive.formulas.vocabulary import key

ONE_HOT = ("OneHot", "onehot")
"""What stands before the name of labels, y, for the matrix that has in each row a one at the class that y tells, and
before that of one label for such a row.
"""
_LABELS = ("y", "label", "target")
"""What the names of labels begin with."""
AXES = MappingProxyType({"": "", "None": "", "0": "0", "1": "1", "-1": "1", "-2": "0"})
"""The axes of a matrix, however they are counted."""
_ITSELF = frozenset("copy astype item float double clone".split())
"""Calls that give what they are called on."""


class Labels(Struct, frozen=True):
    """Labels by the name of what has a one for each, and the axis along which it has them."""

    name: str
    axis: str


_ROWS = frozenset("range arange list len".split())
"""Calls that count rows: p[np.arange(len(y)), y]."""


def array_call(e: ast.Call, name: str, parts: tuple[Node, ...], made: Made) -> Node | None:
    """The calls of NumPy that make arrays of arrays; None for any other."""
    words = {keyword.arg: keyword.value for keyword in e.keywords}
    if name in ALONG and len(parts) in (1, 2) and words.keys() <= {"axis", "keepdims"}:
        axis = words.get("axis") or (e.args[-1] if len(parts) == 2 else None)
        told = "" if axis is None else ast.unparse(axis)
        if told not in AXES or (name in ("max", "min") and isinstance(e.func, ast.Name)):
            return None
        return ALONG[name](made, parts[0], AXES[told])
    if words:
        return None
    if (name in _ITSELF and parts) or (name == "reshape" and _keeps_rows(e, len(parts))):
        return parts[0]
    make = ARRAYS.get((name, len(parts)))
    if name in ("inv", "solve") and "linalg" not in dotted(e.func).split("."):
        return None
    return None if make is None else make(made, *parts)


def dotted(e: ast.expr) -> str:
    """np.linalg.inv as it is written; nothing of what is no name."""
    return f"{dotted(e.value)}.{e.attr}" if isinstance(e, ast.Attribute) else e.id if isinstance(e, ast.Name) else ""


def _keeps_rows(e: ast.Call, count: int) -> bool:
    """Whether a shape leaves a matrix what it is: its own, x.shape, or as many rows and all the rest in columns."""
    told = e.args[-(count - 1) :] if isinstance(e.func, ast.Attribute) and len(e.args) < count else e.args[1:]
    if len(told) == 1:
        if isinstance(told[0], ast.Attribute | ast.Starred):
            return dotted(told[0].value if isinstance(told[0], ast.Starred) else told[0]).endswith(".shape")
        told = told[0].elts if isinstance(told[0], ast.Tuple) else []
    return len(told) == 2 and not isinstance(told[0], ast.Constant | ast.UnaryOp) and ast.unparse(told[1]) == "-1"


def is_column(e: ast.Subscript) -> bool:
    """Whether an index only makes a column of what has one number for each row: s[:, None], s[:, np.newaxis]."""
    indices = e.slice.elts if isinstance(e.slice, ast.Tuple) else []
    return [ast.unparse(index).rpartition(".")[2] for index in indices] in ([":", "None"], [":", "newaxis"])


def labels_of(e: ast.Subscript) -> Labels | None:
    """The labels y of p[range(n), y], the entry of each row at the class that y tells, and of p[y], the entry of one
    sample's; None for any other index.
    """
    match e.slice:
        case ast.Tuple(elts=[ast.Call(func=rows), (ast.Name() | ast.Attribute()) as classes]):
            is_counted = dotted(rows).rpartition(".")[2] in _ROWS
            return Labels(ONE_HOT[0] + _last(classes), "1") if is_counted else None
        case ast.Name(id=word) if word.startswith(_LABELS):
            return Labels(ONE_HOT[1] + _last(e.slice), "")
    return None


def _last(e: ast.expr) -> str:
    """The key of a name, or of an attribute without its object."""
    return key(dotted(e).rpartition(".")[2])


def along_classes(made: Made, whole: Node, classes: Node, axis: str) -> Node:
    """Of each row the entry of its class, which is the sum of all its entries times a one or a zero."""
    return made("total", made("product", whole, classes), value=axis)


def of_each_class(made: Made, node: Node, function: str) -> Node | None:
    """A function of a formula of an entry of each row: a function of the one entry is the sum
    of its values times a one or a zero, f(p_y) = ∑ f(p_k) [k = y]; None for any other formula.
    """
    chosen = [part for part in node.walk() if _is_chosen(part)]
    names = sum(part.kind == "name" for part in node.walk())
    if len(chosen) != 1 or names != sum(part.kind == "name" for part in chosen[0].walk()):
        return None
    whole, hot = chosen[0].parts[0].parts
    return along_classes(made, made("call", _put(node, chosen[0], whole), value=function), hot, chosen[0].value)


def _is_chosen(node: Node) -> bool:
    if node.kind != "total" or node.parts[0].kind != "product":
        return False
    last = node.parts[0].parts[-1]
    return last.kind == "name" and last.value.startswith(ONE_HOT)


def _put(tree: Node, old: Node, new: Node) -> Node:
    if tree is old:
        return new
    return replace(tree, parts=tuple(_put(part, old, new) for part in tree.parts))
