"""What the cells of a training are called: the text beside or above each. Labels name, they decide nothing."""

import re

from sheets.auditing.findings import Finding, Kind, Severity
from sheets.auditing.labels import Key, key_of, spelled
from sheets.auditing.training.graph import Graph
from sheets.references import Cell

_MOST_ABOVE = 400
_MOST_LEFT = 60
_LONGEST = 32
_PRIMES = ("'", "′", "’")
_LOSS = re.compile(
    r"loss|err(?:o|eur)|cost|entropy|huber|fehler|verlust|kosten|p[ée]rdida|perte|co[ûu]t|sai số|mất mát"
    r"|损失|損失|误差|誤差|손실|오차|(?<![a-z])(?:r?mse|sse|mae)(?![a-z])")


def label(graph: Graph, cell: Cell) -> str:
    """The text to the left of a cell, else the nearest above it, else one further to the left; empty without one."""
    sheet = graph.book.sheet(cell.sheet)
    if sheet is None:
        return ""
    beside = sheet.text((cell.row, cell.column - 1)) or _above(graph, cell)
    if not beside:
        left = (sheet.text((cell.row, cell.column - far)) for far in range(2, _MOST_LEFT + 1))
        beside = next((text for text in left if text and text.strip()), "")
    return " ".join(beside.removeprefix("'=").split())


def _above(graph: Graph, cell: Cell) -> str:
    """The nearest text above a cell; empty without one."""
    sheet = graph.book.by_name[cell.sheet]
    above = (sheet.text((row, cell.column)) for row in range(cell.row - 1, max(0, cell.row - _MOST_ABOVE), -1))
    return next((text for text in above if text and text.strip()), "")


def called(graph: Graph, cell: Cell) -> str:
    """A cell by its address and what it is called: `C19 (out(h1))`."""
    text = label(graph, cell)
    return f"{cell.address} ({text[:_LONGEST]})" if text else cell.address


def quantity(graph: Graph, cell: Cell) -> str:
    """A cell's quantity in ASCII, its address where no text calls it something."""
    text = label(graph, cell)
    name = spelled(_key(text)) if text else ""
    return name if name.isascii() and name.strip("q_") else cell.address


def found(graph: Graph, cell: Cell, kind: Kind, slip: str, severity: Severity, *, of: Cell | None = None,
          belongs: str = "", follows: tuple[str, ...] = ()) -> Finding:
    """What is found in a cell, by the formula that stands there; it may be `of` another quantity, the one it steps."""
    name = quantity(graph, cell if of is None else of)
    return Finding(kind, name, cell.address, graph.text(cell), belongs, slip, severity, cell.sheet, follows)


def is_loss(graph: Graph, cell: Cell) -> bool:
    """Whether a text calls a cell a loss: the one beside it, or above it, where beside it is only `Total`."""
    texts = (label(graph, cell), _above(graph, cell))
    return any(_key(text).kind == "loss" or (_LOSS.search(text.lower()) and "∂" not in text) for text in texts if text)


def is_slope(graph: Graph, cell: Cell, of: Cell) -> bool:
    """Whether a text calls a cell the derivative of another: f'(x) or df/dx, of f(x)."""
    text, name = label(graph, cell).lower(), label(graph, of).partition("(")[0].strip().lower()
    return bool(name) and text.startswith((*(f"{name}{prime}" for prime in _PRIMES), f"d{name}", f"∂{name}"))


def _key(text: str) -> Key:
    """What a text names; a small letter alone may be any quantity, c the coefficient of a square."""
    return Key("name", text) if len(text) == 1 and text.islower() else key_of(text)
