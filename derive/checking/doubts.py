"""Why a refuted equality may be meant rightly after all: then it is not called wrong, and the doubt is told."""

import re

import sympy as sp
from msgspec import Struct

from derive.checking.meaning import Meaning
from derive.checking.members import Member
from derive.claim import Called
from derive.equality import Proved
from derive.reading.mending import Reading
from derive.reading.spelling import role_of

_AT_A_NUMBER = re.compile(r"(?<![\w)\\])([^\W\d_])\(\s*(-?\d+(?:\.\d+)?)\s*\)")
_CASE = re.compile(
    r"\b(?:since|when|if|for|because|case)\b[\s:$`\\(]{0,8}([^\W\d]\w*)[\s$`]{0,8}=[\s$`]{0,8}([01])(?![\w.])",
    re.IGNORECASE,
)
_CASE_REACHES = 600
"""So many characters behind "since y = 0" the case may still be meant."""


def doubt_of_reading(
    meaning: Meaning, left: Member, right: Member, one: Reading, other: Reading, *, first: bool
) -> str:
    """Why the text may say something else than was read; empty where it does not."""
    if first and left.text.startswith("-") and _is_dashed(meaning, one, other):
        return "the - before it is a minus or the dash of a list"
    return _at_a_number(meaning, left) or _at_a_number(meaning, right)


def _is_dashed(meaning: Meaning, one: Reading, other: Reading) -> bool:
    """Whether an equality is right but for the minus before its left side."""
    return isinstance(meaning.decide(sp.Mul(-1, one.expression, evaluate=False), other.expression), Proved)


def _at_a_number(meaning: Meaning, member: Member) -> str:
    """Why J(3) may be no product: a letter that is no function here stands before a number in brackets."""
    match = _AT_A_NUMBER.search(member.text) if not member.calls else None
    if match is None or meaning.intended.names.resolve(match[1]) is None:
        return ""
    return f"{match[0]} can be {match[1]} at {match[2]} or {match[1]} times {match[2]}"


def case_before(meaning: Meaning, source: str, place: int, one: sp.Expr, other: sp.Expr) -> str:
    """`y = 0` where the text before `place` says "since y = 0" and the equality is right then."""
    for match in reversed([*_CASE.finditer(source, max(0, place - _CASE_REACHES), place)]):
        name = meaning.intended.names.find(match[1])
        if name is not None and isinstance(meaning.decide_at(one, other, name, sp.Integer(match[2])), Proved):
            return f"{match[1]} = {match[2]}"
    return ""


class Questioned(Struct, frozen=True):
    """A refuted equality: `word` where its left side is a name alone, `bare` that of a function of the document."""

    meaning: Meaning
    left: sp.Expr
    right: sp.Expr
    word: bool
    bare: str


def doubt_of_meaning(asked: Questioned) -> str:
    """The first doubt that holds; empty where none does."""
    return next((told for doubt in DOUBTS if (told := doubt(asked))), "")


def _function_anew(asked: Questioned) -> str:
    return f"{asked.bare} is a function of the document's own: defined anew?" if asked.bare else ""


def _untold_functions(asked: Questioned) -> str:
    """Functions on one side only, or of which nothing is read."""
    left, right = (
        {call.name for call in asked.meaning.slopes.resolve(side).atoms(Called)} for side in (asked.left, asked.right)
    )
    unread = {name for name in left | right if name.endswith("?")}
    told = ", ".join(sorted(name.rstrip("?") for name in (left ^ right) | unread))
    return f"the document does not say what {told} is" if told else ""


def _untold_names(asked: Questioned) -> str:
    """Names that make the difference, and of which nothing is said."""
    meaning, defined = asked.meaning, asked.meaning.definitions.keys()
    one, other = meaning.worked(asked.left), meaning.worked(asked.right)
    lonely = {s for s in one.free_symbols ^ other.free_symbols if s.name not in defined}
    unknown = {s for s in lonely if s.name in meaning.intended.unread or s.name.endswith("hat")}
    unknown |= {s for s in (one - other).free_symbols if meaning.is_unknown(s.name)}
    told = ", ".join(sorted(meaning.intended.spelled(s.name) for s in unknown))
    return f"the document does not say what {told} is" if told else ""


def _input_set(asked: Questioned) -> str:
    """x_1 = out_h1: what was taken for an input may be a name for a node."""
    intended = asked.meaning.intended
    if asked.word and asked.right.is_Symbol and asked.left.name in intended.network.inputs:
        return f"{intended.spelled(asked.left.name)} is taken for an input of the network"
    return ""


def _other_definition(asked: Questioned) -> str:
    """A name of the document's own, told anew in names of which nothing is known, or a letter told anew."""
    intended, definitions = asked.meaning.intended, asked.meaning.definitions
    if not asked.word or asked.left.name not in intended.own & definitions.keys():
        return ""
    name, before, now = asked.left.name, definitions[asked.left.name].free_symbols, asked.right.free_symbols
    new = sorted(s.name for s in now - before if s.name not in definitions)
    if new and not before <= now:
        return f"{intended.spelled(name)} has another definition; what is {', '.join(new)}?"
    is_loss = (role_of(name) or ("",))[0] in ("loss", "error") or name == intended.network.loss
    if len(name) == 1 and not is_loss and before == now:
        return f"{name} was {asked.meaning.written(definitions[name])} before: defined anew?"
    return ""


DOUBTS = (_function_anew, _untold_functions, _untold_names, _input_set, _other_definition)
"""In this order; each says what it doubts, or nothing."""
