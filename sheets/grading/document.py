"""A text's items by `derive check`: each gradient asked for is one or several equalities of the document."""

from collections.abc import Sequence

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
from sheets.grading.statements import Statement, about, statements, support


def answered_text(path: str, named: str, asked: Sequence[Blank]) -> tuple[tuple[Item, ...], tuple[Checked, ...]]:
    """The items that a text answers, gradients only, and all its equalities. DeriveError where it cannot be read."""
    source, layout = read_document(path)
    walkthrough = load_walkthrough(named)
    checked = examine(source, layout, lenders(walkthrough), path).checked
    if not checked and (wrong := unreadable(source, path)):
        raise DeriveError(path, wrong, "save it again")
    network = walkthrough.network
    losses = frozenset(key(name).casefold() for name in
                       (network.loss, *(alias for alias, name in network.aliases if name == network.loss)))
    own, (rest, others) = _by_the_exercise(source, layout, walkthrough, path, checked)
    every = statements(layout, checked)
    again = statements(rest, others)
    charged: set[int] = set()
    items = []
    for blank in (blank for blank in asked if blank.kind == "gradient"):
        _, _, parameter = blank.name.partition("/d")
        item = _item(blank, tuple(about(parameter, losses, every)), every, charged)
        if item.state == "right" and own:
            item = _of_the_exercise(item, tuple(about(parameter, losses, again)), own)
        items.append(item)
    return tuple(items), checked


def _by_the_exercise(
    source: str, layout: Layout, walkthrough: Walkthrough, path: str, checked: Sequence[Checked]
) -> tuple[tuple[Checked, ...], tuple[Layout, Sequence[Checked]]]:
    """The lines by which a text sets what the exercise asks, and the text without these with its verdicts.

    Where a loss is gone, the derivatives that followed from it are set in their turn: ∂L/∂ŷ = ŷ - y, of which the
    exercise's network says nothing. So this goes on until nothing that is left is set by the text.
    """
    own: tuple[Checked, ...] = ()
    rest = layout
    while set_here := tuple(line for one in statements(rest, checked) for line in one.lines
                            if line.verdict == "definition"
                            and (_is_known(line, walkthrough) or one.sides[0].derivative is not None)):
        own += set_here
        rest = _without(source, layout, own)
        checked = examine(source, rest, lenders(walkthrough), path).checked
    return own, (rest, checked)


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


def _of_the_exercise(item: Item, again: Sequence[Statement], own: Sequence[Checked]) -> Item:
    """A gradient that is right for the text's own network is right for the exercise only if its network says so too."""
    lines = [line for one in again for line in one.lines]
    if lines and all(line.verdict == "proved" for line in lines):
        return item
    told = "right for what the text itself defines, not shown for this exercise's network"
    defined = ", ".join(dict.fromkeys(one.where for one in own))
    return Item(item.blank, "unsure", told, defined, own[0].text.strip())


def _item(blank: Blank, stated: Sequence[Statement], every: Sequence[Statement], charged: set[int]) -> Item:
    """How a gradient is answered by what is stated of it; a line that is wrong costs the first that rests on it."""
    if not stated:
        return Item(blank, "missing")
    resting, unworked = support(stated, every)
    lines = [line for one in stated for line in one.lines]
    refuted = [line for line in lines if line.verdict == "refuted"]
    right = [one for one in stated if all(line.verdict == "proved" for line in one.lines)]
    if refuted and right:
        return _unsure(blank, refuted[0], f"stated twice, rightly in {right[0].lines[-1].where}")
    if refuted:
        charged.update(line.line for line in refuted)
        return _wrong(blank, refuted[0])
    open_one = next((line for line in lines if line.verdict != "proved" and not line.given), None)
    if open_one is not None:
        return _unsure(blank, open_one, open_one.reason or f"it is a {open_one.verdict} here")
    given = {number for line in lines for number in line.given or ()}
    behind = [line for one in every for line in one.lines if line.verdict == "refuted" and
              (line.line in given or any(line in other.lines for other in resting))]
    if not {line.line for line in behind} <= charged:
        charged.update(line.line for line in behind)
        return _wrong(blank, behind[0])
    if unworked:
        told = "a chain of derivatives that the text does not work out" if not behind else "rests on what is wrong"
        return _unsure(blank, lines[-1], told)
    return Item(blank, "right")


def _wrong(blank: Blank, line: Checked) -> Item:
    slip = (line.slip or "").partition(": ")[2] or line.slip or line.reason or ""
    return Item(blank, "wrong", slip, line.where, (line.right or line.text).strip(), line.correct or "")


def _unsure(blank: Blank, line: Checked, told: str) -> Item:
    return Item(blank, "unsure", told, line.where, line.text.strip())
