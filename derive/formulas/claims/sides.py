"""The tokens of one side of a relation to a member: its text, its place, and every way to read it."""

import re
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from derive.errors import DeriveError
from derive.formulas.claims.claim import Member
from derive.formulas.repairs import readings
from derive.formulas.syntax import Node
from derive.formulas.tokens import Token
from derive.formulas.vocabulary import Vocabulary, key
from derive.rules import SPELLINGS

DIFFERENTIATED = frozenset(("OF", "GIVEN", "TASK"))
"""What a side begins with whose derivative is meant: for sure, or where a function is told, or where that is a task."""
ITSELF = "what is to be differentiated is told, not its derivative"
LONGEST_SIDE = 3_000
"""A side of more tokens than this is nobody's formula."""

_SET = re.compile(r"(?:\\(?:left\s*\.?|[bB]igg?[lr]?|displaystyle|textstyle|(?:textcolor|color)\s*\{[^{}]*\})\s*)+\Z")
_FARTHEST = 80


class Sides(Struct, frozen=True):
    """What a side is read by: the words of its document, and the text."""

    vocabulary: Vocabulary
    text: str

    def member(self, tokens: Sequence[Token], heads: frozenset[str] = frozenset()) -> Member:
        """A side with its readings; `heads` are the names that a line of the document defines."""
        if not tokens:
            return Member("", 0, 0, fault="one side of the sign of equality is empty")
        if tokens[0].kind in DIFFERENTIATED:
            return self.member(tokens[1:]) if _is_given(tokens, heads) else self._differentiated(tokens, heads)
        if tokens[0].kind == "GUESSED":
            return assuming(self.member(tokens[1:]), tokens[0].value)
        start, end = self._written_from(tokens[0].start), tokens[-1].end + tokens[-1].tail
        shown, written = self.text[start:end], self.text[tokens[0].start : tokens[-1].end]
        if len(tokens) > LONGEST_SIDE:
            fault = f"a side of {len(tokens):,} signs: at most {LONGEST_SIDE:,} are read"
            return Member(shown, start, end, fault=fault)
        try:
            return Member(shown, start, end, readings(tokens, self.vocabulary, written))
        except DeriveError as error:
            return Member(shown, start, end, fault=str(error))

    def _written_from(self, start: int) -> int:
        """Where what begins here is written from: commands that only tell how it is set belong to it."""
        found = _SET.search(self.text, max(0, start - _FARTHEST), start)
        return start if found is None else found.start()

    def _differentiated(self, tokens: Sequence[Token], heads: frozenset[str]) -> Member:
        """The side behind `the derivative of`: its derivative by its only variable, unless it is one already.

        As a task it may be what is differentiated: compute the derivative of σ(z) = 1/(1 + e^-z).
        """
        plain, start = self.member(tokens[1:]), tokens[0].start
        whole = replace(plain, text=self.text[start : plain.end], start=start)
        if any(r.tree.has("partial", "prime") or (r.tree.kind == "call" and r.tree.order) for r in plain.readings):
            return whole
        if any(r.tree.kind == "name" and r.tree.value not in heads for r in plain.readings):
            return replace(whole, readings=(), fault=f"by what {plain.text} is differentiated is not said")
        slopes = (replace(r, tree=Node("prime", (r.tree,), "", plain.start, plain.end, 1)) for r in plain.readings)
        itself = assuming(plain, ITSELF).readings if tokens[0].kind == "TASK" else ()
        return replace(whole, readings=(*slopes, *itself))


def _is_given(tokens: Sequence[Token], heads: frozenset[str]) -> bool:
    """Whether what is to be differentiated is told there, and no derivative: find the derivative of y = x^2.

    Without the task so is only a function that no other line tells.
    """
    head, is_call = head_of(tokens[1:]), len(tokens) > 2
    is_task = tokens[0].kind == "TASK"
    if not head or head in SPELLINGS or not (is_task or (is_call and tokens[0].kind == "GIVEN")):
        return False
    return (is_call and is_task) or head not in heads


def head_of(tokens: Sequence[Token]) -> str:
    """The name that a side is, or that it calls at names; "" where it is anything else."""
    is_bare = len(tokens) == 1 or (len(tokens) > 3 and tokens[1].kind == "OPEN" and tokens[-1].kind == "CLOSE" and all(
        token.kind in ("WORD", "COMMA") for token in tokens[2:-1]))
    return key(tokens[0].value) if is_bare and tokens[0].kind == "WORD" else ""


def assuming(member: Member, assumed: str) -> Member:
    """A member whose readings assume something more."""
    return replace(member, readings=tuple(replace(r, assumed=(*r.assumed, assumed)) for r in member.readings))
