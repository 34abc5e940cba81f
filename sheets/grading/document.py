"""A text's items by `derive check`: each gradient asked for is one or several equalities of the document."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import msgspec
from msgspec import Struct

from derive.checking import Checked, check
from derive.documents.files import read_source
from derive.errors import DeriveError
from derive.walkthrough import load_walkthrough
from sheets.exercise.blanks import Blank
from sheets.grading.items import Item
from sheets.grading.word import read_word

_LOSSES = ("e", "etotal", "etot", "l", "loss", "j", "c", "cost", "error")


def answered_text(path: str, network: str, asked: Sequence[Blank]) -> tuple[tuple[Item, ...], tuple[Checked, ...]]:
    """The items that a text answers, gradients only, and all its equalities. DeriveError where it cannot be read."""
    text = _READERS.get(Path(path).suffix.lower(), read_source)(path)
    walkthrough = load_walkthrough(network)
    checked = check(text, walkthrough, path)
    names = {*_LOSSES, walkthrough.network.loss.lower().replace("_", ""),
             *(alias.lower() for alias, _ in walkthrough.network.aliases)}
    return tuple(_item(blank, checked, names) for blank in asked if blank.kind == "gradient"), checked


def read_notebook(path: str) -> str:
    """The cells of a Jupyter notebook one below the other, text and code alike. DeriveError where it is none."""
    try:
        notebook = msgspec.json.decode(read_source(path).encode(), type=_Notebook)
    except msgspec.DecodeError as error:
        raise DeriveError(path, f"is no notebook: {error}", "save it as .ipynb") from None
    return "\n\n".join(cell.source if isinstance(cell.source, str) else "".join(cell.source)
                       for cell in notebook.cells) + "\n"


class _Cell(Struct):
    source: str | list[str] = ""


class _Notebook(Struct):
    cells: list[_Cell]


_READERS: Mapping[str, Callable[[str], str]] = MappingProxyType({".docx": read_word, ".ipynb": read_notebook})
"""What is read otherwise than as plain text, by its ending."""


def _item(blank: Blank, checked: Sequence[Checked], losses: set[str]) -> Item:
    _, _, parameter = blank.name.partition("/d")
    found = list(_about(parameter, checked, losses))
    if not found:
        return Item(blank, "missing")
    refuted = next((one for one in found if one.verdict == "refuted"), None)
    if refuted is not None:
        slip = (refuted.slip or "").partition(": ")[2] or refuted.slip or refuted.reason or ""
        return Item(blank, "wrong", slip, f"line {refuted.line}",
                    (refuted.right or refuted.text).strip(), refuted.correct or "")
    open_one = next((one for one in found if one.verdict != "proved"), None)
    if open_one is None:
        return Item(blank, "right")
    return Item(blank, "unsure", open_one.reason or open_one.verdict, f"line {open_one.line}", open_one.text.strip())


def _about(parameter: str, checked: Sequence[Checked], losses: set[str]) -> Iterator[Checked]:
    """The equalities whose chain begins with the loss's derivative by a parameter."""
    behind = ""
    for one in checked:
        begins = _derivative(one.left or "")
        is_first = begins is not None and begins[0] in losses and begins[1] == parameter.lower()
        if is_first or (behind and one.left == behind):
            behind = one.right or ""
            yield one
        else:
            behind = ""


_SIGNS: Mapping[str, str] = MappingProxyType(
    {"∂": "d", "ә": "d", "\\partial": "d", "\\dfrac": "", "\\tfrac": "", "\\frac": "", "\\mathrm": "", "\\text": ""})  # fmt: skip
"""How a derivative is spelled, to the letters of it."""


def _derivative(text: str) -> tuple[str, str] | None:
    """`(∂ E_total)/(∂ w_7)` as ("etotal", "w7"); None for anything else."""
    words = text.lower().replace("}{", "/")
    for sign, word in _SIGNS.items():
        words = words.replace(sign, word)
    plain = "".join(c for c in words if c.isalnum() or c == "/")
    above, stroke, below = plain.partition("/")
    if not stroke or above[:1] != "d" or below[:1] != "d" or not above[1:] or not below[1:]:
        return None
    return above[1:], below[1:]
