"""What a document claims: relations between two sides, each with the ways in which it can be read."""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from derive.documents.traced import Traced
from derive.formulas.grammar import Reading
from derive.formulas.vocabulary import Vocabulary


class Member(Struct, frozen=True):
    """One member of a chain: its text and place in the document's text, and its readings; `fault` where it has none."""

    text: str
    start: int
    end: int
    readings: tuple[Reading, ...] = ()
    fault: str = ""


class Claim(Struct, frozen=True):
    """left = right as a person states it.

    `relation` is =, ≈, := or += and the like; `statement` numbers the chain that it belongs to, `step` its place in it;
    `section` counts the headings before it.
    """

    left: Member
    right: Member
    relation: str
    statement: int
    step: int
    cell: int = 0
    block: int = 0
    section: int = 0
    words: str = ""
    """What stands behind the relation where that is prose."""
    program: bool = False
    before: str = ""
    """The word before it that makes it a case, since, if, when, or an equation to be solved: setting, where."""
    remark: str = ""
    """The comment behind it, on its last line, where a program makes it."""
    sign: str = ""
    """The relation as it is written, where a program's is another: -= of some entries gives the whole array a value."""
    layer: str = ""
    """The layer of a program's network to which it belongs: the names in relu_forward and relu_backward are its own."""


class Condition(Struct, frozen=True):
    """x > 0 where the document says so, beside its claims."""

    left: Member
    right: Member
    sign: str


_REASON = 60
"""So many signs at most stand between a claim and its reason."""


class Choice(Struct, frozen=True):
    """A name, without what stands below and above it, of which each value is one of some; `start` is where it is told
    as the reason for something, -1 where it is told for the whole document.
    """

    name: str
    values: tuple[int, ...]
    start: int = -1


class Document(Struct, frozen=True):
    """The claims of a document in their order, its words, and the text in which members have their places."""

    claims: tuple[Claim, ...]
    vocabulary: Vocabulary
    text: Traced
    conditions: tuple[Condition, ...] = ()
    titles: tuple[tuple[int, int], ...] = ()
    """The numbered titles, (3) Gas law: each number and where it stands in the text."""
    labels: tuple[tuple[str, int], ...] = ()
    """The items that are numbered, by digits or letters: each number and where it stands."""
    rows: tuple[tuple[int, int], ...] = ()
    """The lines: the number of the row of a table that each is in, 0 outside of tables, and where it begins."""
    headings: tuple[tuple[int, int], ...] = ()
    """The headings that are marked: how deep each is, and where it stands."""
    choices: tuple[Choice, ...] = ()

    def choices_at(self, claim: Claim) -> Mapping[str, tuple[int, ...]]:
        """The values of names that have one of some at a claim; none for a name that a formula defines."""
        trees = [(one.left.readings[0].tree, one.right.readings[0].tree)
                 for one in self.claims if self.choices and one.left.readings and one.right.readings]
        defined = {left.base or left.value for left, right in trees
                   if left.kind == "name" and (right.parts[0] if right.kind == "negative" else right).kind != "number"}
        return MappingProxyType({
            one.name: one.values for one in self.choices if one.name not in defined and self._holds(one, claim)
        })

    def _holds(self, choice: Choice, claim: Claim) -> bool:
        """Whether a choice holds at a claim: one that is the reason for something, only right before it."""
        between = self.text.text[claim.right.end : choice.start] if choice.start >= 0 else ""
        is_near = claim.right.end <= choice.start and len(between) <= _REASON and ". " not in between
        return choice.start < 0 or (is_near and "=" not in between)
