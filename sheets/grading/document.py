"""A text's items by `derive check`: each gradient asked for is one or several equalities of the document."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import msgspec
from msgspec import Struct

from derive.checking import Checked, check
from derive.checking.spellings import role_of
from derive.documents.files import read_source
from derive.errors import DeriveError
from derive.formulas.tokens import tokens_of
from derive.formulas.vocabulary import key
from derive.walkthrough import Walkthrough, load_walkthrough
from sheets.exercise.blanks import Blank
from sheets.grading.items import Item
from sheets.grading.word import read_word


def answered_text(path: str, network: str, asked: Sequence[Blank]) -> tuple[tuple[Item, ...], tuple[Checked, ...]]:
    """The items that a text answers, gradients only, and all its equalities. DeriveError where it cannot be read."""
    text = _READERS.get(Path(path).suffix.lower(), read_source)(path)
    walkthrough = load_walkthrough(network)
    checked = check(text, walkthrough, path)
    names = {walkthrough.network.loss.lower().replace("_", ""),
             *(alias.lower() for alias, _ in walkthrough.network.aliases)}
    own = [one for one in checked if one.verdict == "definition" and _is_known(one, walkthrough)]
    asked_for = check(_without(text, own), walkthrough, path) if own else checked
    gradients = [blank for blank in asked if blank.kind == "gradient"]
    return tuple(_of_the_exercise(_item(blank, checked, names), _item(blank, asked_for, names), own)
                 for blank in gradients), checked


def _is_known(one: Checked, walkthrough: Walkthrough) -> bool:
    """Whether a text defines what the exercise's network says already: by its name, or one for the same part of it."""
    left = one.left or ""
    tokens = tokens_of(left, ((0, len(left)),))
    if [token.kind for token in tokens] != ["WORD"]:
        return False
    network, name = walkthrough.network, key(tokens[0].value)
    known = {key(node) for node in (*network.definitions, *(alias for alias, _ in network.aliases))}
    role = role_of(name)
    return name in known or (role is not None and role in map(role_of, known))


def _without(text: str, own: Sequence[Checked]) -> str:
    """The text with blank lines where it defines the exercise's quantities."""
    lines = text.splitlines(keepends=True)
    for one in own:
        lines[one.line - 1] = "\n"
    return "".join(lines)


def _of_the_exercise(item: Item, again: Item, own: Sequence[Checked]) -> Item:
    """A gradient that is right for the text's own network is right for the exercise only if its network says so too."""
    if item.state != "right" or again.state == "right":
        return item
    told = "right for what the text itself defines, not shown for this exercise's network"
    defined = ", ".join(dict.fromkeys(f"line {one.line}" for one in own))
    return Item(item.blank, "unsure", told, defined, own[0].text.strip())


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
        is_first = begins is not None and _is_loss(begins[0], losses) and begins[1] == parameter.lower()
        if is_first or (behind and one.left == behind):
            behind = one.right or ""
            yield one
        else:
            behind = ""


def _is_loss(name: str, own: set[str]) -> bool:
    return name in own or role_of(name) == ("loss", "")


_SIGNS: Mapping[str, str] = MappingProxyType(
    {"∂": "d", "ә": "d", "\\partial": "d"} | dict.fromkeys(("\\dfrac", "\\tfrac", "\\frac", "\\mathrm", "\\text"), "")
)
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
