"""Values in a notebook, as Markdown with `$…$`: JupyterLab drops MathML, and every viewer sets TeX."""

import shlex
from collections.abc import Iterable
from functools import singledispatch
from itertools import groupby
from typing import Any

from derive.board.steps import sections
from derive.checking import Checked
from derive.checking.report import SIGNS
from derive.equality import Proved, Refuted, Undecided
from derive.errors import DeriveError
from derive.gradients.chain import Derivation
from derive.names import symbol
from derive.network import Network
from derive.shown import Shown
from derive.tex import as_tex, typeset
from derive.training import Training
from derive.verdicts import Verdicts, check
from derive.walkthrough import Walkthrough

_MOST_NAMED = 12


@singledispatch
def as_markdown(value: object) -> str | None:
    """A value as Markdown; None, so that its `repr` is shown, where it has no better form."""
    return None


@as_markdown.register
def _(value: Verdicts) -> str:
    rows = [f"| {one.line} | {SIGNS[one.verdict]} {one.verdict.replace('-', ' ')} | {_claim(one)} | {_told(one)} |"
            for one in value]
    head = ["| line | verdict | equality | what belongs there |", "|---:|---|---|---|"]
    return "\n".join(["", *head, *rows, "", str(value).strip("<>")]) if rows else str(value).strip("<>")


def _claim(one: Checked) -> str:
    tex = typeset(one)
    return _math(f"{tex.left} = {tex.right}") if tex.left and tex.right else _code(one.text)


def _told(one: Checked) -> str:
    tex = typeset(one)
    right = "" if not one.correct else _math(tex.correct) if tex.correct else _code(one.correct)
    slip = (one.slip or "").partition(": ")[2]
    return ": ".join(filter(None, (plain(slip), right))) or plain(one.reason if one.verdict != "proved" else "")


@as_markdown.register
def _(value: Network) -> str:
    return _aligned(f"{as_tex(symbol(node.name))} &= {as_tex(node.expression)}" for node in value.nodes)


@as_markdown.register
def _(value: Walkthrough) -> str:
    start = ", ".join(_math(f"{as_tex(symbol(name))} = {as_tex(number)}") for name, number in value.start.items())
    return f"**{plain(value.title)}**\n\n{as_markdown(value.network)}\n\nStart: {start}"


@as_markdown.register
def _(value: Derivation) -> str:
    """The steps of the board, the last section being the asked one."""
    lines = []
    for part, steps in groupby(sections([value])[-1].steps, key=lambda step: step.part):
        lines.append(f"{part.value}:")
        lines.append(_aligned(f"{as_tex(step.members[0])} &= {' = '.join(map(as_tex, step.members[1:]))}"
                              for step in steps))
    return "\n\n".join(lines)


@as_markdown.register
def _(value: Training) -> str:
    named = ", ".join(value.names[:_MOST_NAMED]) + (", …" if len(value.names) > _MOST_NAMED else "")
    return f"A training of {len(value.names)} quantities: `{named}`. `.to_frame()` computes its rows."


@as_markdown.register(Proved)
@as_markdown.register(Refuted)
@as_markdown.register(Undecided)
def _(value: Proved | Refuted | Undecided) -> str:
    return f"**{type(value).__name__.lower()}**: {plain(value.reason)}"


def _aligned(rows: Iterable[str]) -> str:
    return "$$\\begin{aligned}" + r" \\ ".join(rows) + "\\end{aligned}$$"


def _math(tex: str) -> str:
    """TeX within a line and a table: a bar would end the cell."""
    return f"${tex.replace('|', chr(92) + 'vert ')}$"


def plain(text: str | None) -> str:
    """Text that says what it says: nothing in it is Markdown or HTML."""
    plain = " ".join((text or "").split())
    for sign in "\\`*_{}[]<>()#+!|$~^=":
        plain = plain.replace(sign, {"<": "&lt;", ">": "&gt;"}.get(sign, f"\\{sign}"))
    return plain


def _code(text: str) -> str:
    """Text in code signs, more of them than stand in it."""
    plain = " ".join(text.split()).replace("|", "\\|")
    longest = max((len(run) for sign, run in ((k, "".join(g)) for k, g in groupby(plain)) if sign == "`"), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {plain} {fence}" if plain else ""


class Fault(Shown):
    """A fault of what a cell says, shown in place of a traceback."""

    def __init__(self, error: DeriveError) -> None:
        self.error = error

    def __repr__(self) -> str:
        return f"error: {self.error}"


@as_markdown.register
def _(value: Fault) -> str:
    return f"**error**: {plain(str(value.error))}"


def load_ipython_extension(ipython: Any) -> None:
    """Give a notebook the cell magic `%%derive`: the equalities of the cell, checked; a walkthrough may be named."""

    def derive(line: str, cell: str) -> Verdicts | Fault:
        """%%derive [WALKTHROUGH]: check every equality of the cell; what it leaves undefined is the walkthrough's."""
        try:
            words = shlex.split(line)
            if len(words) > 1:
                raise DeriveError("%%derive", f'"{line}"', "name one walkthrough, or none")
            return check(cell, words[0] if words else None)
        except DeriveError as error:
            return Fault(error)

    ipython.register_magic_function(derive, "cell")
