"""A text's items by `derive check`: each gradient asked for is one or several equalities of the document."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from msgspec.structs import replace

from derive.checking import Checked
from derive.checking.examination import examine
from derive.checking.lenders import lenders
from derive.checking.spellings import role_of
from derive.documents import Layout
from derive.documents.files import read_document, unreadable
from derive.documents.layout import Program
from derive.documents.traced import Lines, Traced, join
from derive.errors import DeriveError
from derive.formulas.tokens import tokens_of
from derive.formulas.vocabulary import key
from derive.walkthrough import Walkthrough, load_walkthrough
from sheets.exercise.blanks import Blank
from sheets.grading.items import Item


def answered_text(path: str, network: str, asked: Sequence[Blank]) -> tuple[tuple[Item, ...], tuple[Checked, ...]]:
    """The items that a text answers, gradients only, and all its equalities. DeriveError where it cannot be read."""
    source, layout = read_document(path)
    walkthrough = load_walkthrough(network)
    checked = examine(source, layout, lenders(walkthrough), path).checked
    if not checked and (wrong := unreadable(source, path)):
        raise DeriveError(path, wrong, "save it again")
    names = {walkthrough.network.loss.lower().replace("_", ""),
             *(alias.lower() for alias, _ in walkthrough.network.aliases)}
    own, others = _by_the_exercise(source, layout, walkthrough, path, checked)
    asked_for = (*others, *own)  # a gradient that the text had to set is not shown for the exercise
    gradients = [blank for blank in asked if blank.kind == "gradient"]
    return tuple(_of_the_exercise(_item(blank, checked, names), _item(blank, asked_for, names), own)
                 for blank in gradients), checked


def _by_the_exercise(
    source: str, layout: Layout, walkthrough: Walkthrough, path: str, checked: Sequence[Checked]
) -> tuple[tuple[Checked, ...], Sequence[Checked]]:
    """The lines by which a text sets what the exercise asks, and the verdicts on all others without these.

    Where a loss is gone, the derivatives that followed from it are set in their turn: ∂L/∂ŷ = ŷ - y, of which the
    exercise's network says nothing. So this goes on until nothing that is left is set by the text.
    """
    own: tuple[Checked, ...] = ()
    while set_here := tuple(one for one in checked if one.verdict == "definition" and (
            _is_known(one, walkthrough) or _derivative(one.left or "") is not None)):
        own += set_here
        checked = examine(source, _without(source, layout, own), lenders(walkthrough), path).checked
    return own, checked


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


def _without(source: str, layout: Layout, own: Sequence[Checked]) -> Layout:
    """The document without the lines in which it defines the exercise's quantities."""
    starts = Lines.of(source).starts
    places = [starts[one.line - 1] + one.column - 1 for one in own]
    return tuple(replace(piece, text=_program_without(piece.text, places)) if isinstance(piece, Program) else piece
                 for piece in layout
                 if isinstance(piece, Program) or not any(_holds(part.text, places) for part in piece.stretches))


def _program_without(text: Traced, places: Sequence[int]) -> Traced:
    kept = ((line[:0] if _holds(line, places) else line, Traced.put("\n", line.place(0))) for line in text.lines())
    return join(part for parts in kept for part in parts)


def _holds(text: Traced, places: Sequence[int]) -> bool:
    """Whether one of some places in the source is in a text, or at its end."""
    return bool(text.at) and any(text.at[0] <= place <= text.at[-1] + 1 for place in places)


def _of_the_exercise(item: Item, again: Item, own: Sequence[Checked]) -> Item:
    """A gradient that is right for the text's own network is right for the exercise only if its network says so too."""
    if item.state != "right" or again.state == "right":
        return item
    told = "right for what the text itself defines, not shown for this exercise's network"
    defined = ", ".join(dict.fromkeys(one.where for one in own))
    return Item(item.blank, "unsure", told, defined, own[0].text.strip())


def _item(blank: Blank, checked: Sequence[Checked], losses: set[str]) -> Item:
    _, _, parameter = blank.name.partition("/d")
    found = list(_about(parameter, checked, losses))
    if not found:
        return Item(blank, "missing")
    refuted = next((one for one in found if one.verdict == "refuted"), None)
    if refuted is not None:
        slip = (refuted.slip or "").partition(": ")[2] or refuted.slip or refuted.reason or ""
        return Item(blank, "wrong", slip, refuted.where,
                    (refuted.right or refuted.text).strip(), refuted.correct or "")
    open_one = next((one for one in found if one.verdict != "proved"), None)
    if open_one is None:
        return Item(blank, "right")
    return Item(blank, "unsure", open_one.reason or open_one.verdict, open_one.where, open_one.text.strip())


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
