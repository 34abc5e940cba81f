"""X and x_i in one text: the matrix that has the samples as its rows, or its columns, as everybody takes it to have."""

from collections.abc import Iterator

from msgspec.structs import replace

from derive.formulas.claims import Claim, Document, Member
from derive.formulas.grammar import Reading
from derive.formulas.syntax import Node
from derive.small_models.notation.slots import plain_of, slots_of

ROWS, COLUMNS = "rows", "columns"
_LETTERS = "jkqd"


def with_stacked(document: Document, way: str) -> Document:
    """A document that says at its end that X_ij is x_ij, or x_ji, and y_i is y^(i), where it leaves that out."""
    last = len(document.text.text)
    lent = (
        Claim(Member("", last, last, (Reading(one),)), Member("", last, last, (Reading(other),)), "=", number, 0)
        for number, (one, other) in enumerate(_lent(document, way), len(document.claims))
    )
    return replace(document, claims=(*document.claims, *lent))


def _lent(document: Document, way: str) -> Iterator[tuple[Node, Node]]:
    """What each entry of a whole is, by the letters of which there is one for each sample."""
    claims = [claim for claim in document.claims if not claim.program]
    members = (member for claim in claims for member in (claim.left, claim.right))
    nodes = [node for member in members for reading in member.readings[:1] for node in reading.tree.walk()]
    told = {plain_of(reading.tree) for claim in claims for reading in claim.left.readings}
    wholes = {plain_of(node) for node in nodes} - told - {""}
    samples = {found[0]: found[1:] for node in nodes if (found := _sample(node)) is not None}
    for base, (letter, is_above) in sorted(samples.items()):
        if len(base) > 1 or not base.islower():
            continue
        entry = next(one for one in _LETTERS if one != letter)
        if base.upper() in wholes and base not in wholes:
            pair = (letter, entry) if way == ROWS else (entry, letter)
            yield _name(base.upper(), below="".join(pair)), _entry(base, letter, entry, is_above)
        elif base in wholes and is_above:
            yield _name(base, below=letter), _name(base, above=letter)


def _sample(node: Node) -> tuple[str, str, bool] | None:
    """x^{(i)} and x_i as their letter, the index, and whether that stands above."""
    above, below = slots_of(node) if node.kind == "name" else ((), ())
    for indices, others, is_above in ((above, (), True), (below, above, False)):
        if len(indices) == 1 and not others and len(letter := plain_of(indices[0])) == 1 and letter.islower():
            return node.base, letter, is_above
    return None


def _entry(base: str, letter: str, entry: str, is_above: bool) -> Node:
    return _name(base, entry, letter) if is_above else _name(base, letter + entry)


def _name(base: str, below: str = "", above: str = "") -> Node:
    """A name with letters below and above it, as it would be read."""
    slots = (("above", above, f"({above})"), ("below", below, below))
    scripts = (Node(kind, (Node("name", (), word),), told) for kind, word, told in slots if word)
    return Node("name", (), base + below, base=base, scripts=tuple(scripts))
