"""Words that make a formula's left side a derivative: `gradient w5 = …`, `the slope for w7 = …`, `delta o1 = …`.

A row of PHRASES is one way of saying it, with the smallest line that has it and what the name behind the words then
stands for. Words of a derivation that no row reads make the claim not understood: it is none about the name alone.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from derive.formulas.runs import Run
from derive.formulas.tokens import Token
from derive.formulas.vocabulary import SEQUENCED
from derive.formulas.vocabulary.losses import is_of_losses

LOSS = "loss"
"""The name of what is differentiated where nobody says it: the document's loss, else the walkthrough's."""
GUESSED = "the gradient of a weight is read as the loss's by it"
"""What is assumed where `of` stands for `by`."""

_SLOPE = "slope|steigung|pente|pendiente"
_NOUN = f"gradients?|grad|gradiente|gradienten|{_SLOPE}"
_DERIVATIVE = "derivatives?|differential|differentiation|ableitung|dérivée|derivada|derivata"
_OF = "of|von|der|des|de|del|di|della"
_BY = r"with respect to|w\. ?r\. ?t\.?|wrt|nach|bezüglich|bzgl\.?|par rapport à|con respecto a|respecto a|rispetto a"
_FOR = rf"{_BY}|for|by|für|pour|par|para|por|per"
_LOSS = "(?:the |its |our )?(?:total |overall )?(?:loss|error|cost)(?: function)?"
_BEFORE = "weight|loss|error|cost|partial|local|total|first|second|resulting|corresponding|final"
_HIGHER = "second|third|2nd|3rd|higher|mixed|zweite|dritte|seconde|segunda"
_OPERATION = (
    "square|cube|root|absolute value|modulus|norm|logarithm|log|exponential|inverse|reciprocal|negative|opposite|double"
    "|half|integral|antiderivative|average|mean|quadrat|wurzel|betrag|hälfte|kehrwert|carré|racine"
)
_TASK = (
    "find|compute|calculate|determine|evaluate|work out|obtain|consider|berechnen?|bestimmen?|bilden?|calculer|calculez"
    "|trouver|trouvez|déterminer|déterminez|calcular?|hallar?|encontrar?|determinar?|determine|calcola(?:re)?|trova(?:re)?"
)
_SIGN = "plus|minus|times|twice|thrice|half|negative|mal|doppelte"
_FILLING = (
    "(?: (?:the|its|our|this|that|weight|bias|parameter|activation|loss|error|cost|output|function|sigmoid|node|neuron"
    "|input|unit|das|dem|den|die|gewicht|le|la|el|il|poids|peso|variable))*"
)
_OPENING = rf"(?:^|[-.:;,()\[\]|>#!?]|\b(?:so|hence|then|thus|and|therefore|is|as|get|und|et|y|also)) ?(?:the |a |an |our |its |der |die |le |la |el )?(?:(?:{_BEFORE}) )*"  # noqa: E501


class Phrase(Struct, frozen=True):
    """One way of saying that a name stands for a derivative: an example, the words, what the left side becomes."""

    example: str
    words: re.Pattern[str]
    left: Callable[[Sequence[Token], int, Sequence[Token]], tuple[Token, ...]]
    """From what is differentiated where a formula before the words says it, where the words begin, and the left side
    behind them."""
    is_any: bool = False
    """Whether what stands behind the words may be any formula, not one name alone."""


def _words(pattern: str) -> re.Pattern[str]:
    spaced = pattern.replace(" ?", r"\s*").replace(" ", r"\s+")
    return re.compile(rf"(?:{spaced})\s*\Z", re.IGNORECASE)


def _sign(kind: str, value: str, place: int, end: int = -1) -> Token:
    return Token(kind, value, place, max(place, end))


def _derivative(of: Sequence[Token], start: int, behind: Sequence[Token], end: int = 0) -> tuple[Token, ...]:
    """∂(of)/(∂by), the loss's where nothing tells of what; it ends where the words behind the name do."""
    by = behind[0]
    above = (_sign("OPEN", "(", start), *of, _sign("CLOSE", ")", by.start)) if of else (_sign("WORD", LOSS, start),)
    below = (_sign("OPEN", "(", by.start), _sign("PARTIAL", "∂", by.start), by, _sign("CLOSE", ")", max(end, by.end)))
    return (_sign("PARTIAL", "∂", start), *above, _sign("OVER", "/", by.start), *below)


def _guessed(of: Sequence[Token], start: int, by: Sequence[Token]) -> tuple[Token, ...]:
    return (_sign("GUESSED", GUESSED, start), *_derivative((), start, by))


def _by_words(of: Sequence[Token], start: int, by: Sequence[Token]) -> tuple[Token, ...]:
    """∂(of)/∂by behind a formula; where none says of what, a sign that is not understood."""
    return _derivative(of or (_sign("UNKNOWN", "a derivative of nothing told", start),), start, by)


def _beginning(kind: str) -> Callable[[Sequence[Token], int, Sequence[Token]], tuple[Token, ...]]:
    return lambda of, start, behind: (_sign(kind, "", start), *behind)


def _delta(of: Sequence[Token], start: int, behind: Sequence[Token]) -> tuple[Token, ...]:
    name = behind[0]
    return (Token("WORD", f"delta_{name.value}", start, name.end, name.spaced, name.shown),)


def _unread(of: Sequence[Token], start: int, behind: Sequence[Token]) -> tuple[Token, ...]:
    return (_sign("UNKNOWN", "words of an operation that are not read", start), *behind)


PHRASES: Mapping[str, Phrase] = MappingProxyType({
    "higher": Phrase("the second derivative of x^3 is x", _words(rf"\b(?:{_HIGHER})\b.*\b(?:{_NOUN}|{_DERIVATIVE})\b[^.;:!?,]*?(?:{_OF}|{_FOR}){_FILLING}"), _unread, is_any=True),  # noqa: E501
    "the loss by": Phrase("the gradient of the loss with respect to the weight w6 = x", _words(rf"(?:{_NOUN}|{_DERIVATIVE}) (?:{_OF}) {_LOSS} (?:{_FOR}){_FILLING}"), _derivative),  # noqa: E501
    "by": Phrase("derivative w.r.t. w8 = x", _words(rf"(?:{_NOUN}|{_DERIVATIVE}) (?:{_FOR}){_FILLING}"), _derivative),
    "of by": Phrase("o1 with respect to w6 = x", _words(rf"(?:{_BY}){_FILLING}"), _by_words),
    "asked": Phrase("find the derivative of y = x", _words(rf"\b(?:{_TASK})\b[^.;:!?]*\b(?:{_DERIVATIVE}|{_SLOPE}) (?:{_OF}){_FILLING}"), _beginning("TASK"), is_any=True),  # noqa: E501
    "of": Phrase("the derivative of tanh(z) is x", _words(rf"(?:{_DERIVATIVE}) (?:{_OF}){_FILLING}"), _beginning("GIVEN"), is_any=True),  # noqa: E501
    "gradient of": Phrase("Gradient of w5 = x", _words(rf"(?:{_NOUN}) (?:{_OF}){_FILLING}"), _guessed),
    "gradient": Phrase("gradient w5 = x", _words(rf"{_OPENING}(?:{_NOUN})"), _derivative),
    "own gradient": Phrase("negative gradient w5 = x", _words(rf"\b(?!(?:this|that|such|each|every)\b)\w+ (?:{_NOUN})"), _unread),  # noqa: E501
    "delta": Phrase("the error delta o1 = x", _words(r"\b(?:(?:delta|δ)(?: (?:of|for|at))?|change (?:of|in))" + _FILLING), _delta),  # noqa: E501
    "error": Phrase("the error of o1 = x", _words(rf"\b(?:error|loss|cost|sensitivity|influence) (?:{_OF}|at|to|on){_FILLING}"), _unread),  # noqa: E501
    "unread": Phrase("Ableitung w5 = x", _words(rf"{_OPENING}(?:{_DERIVATIVE}){_FILLING}"), _unread),
    "operation": Phrase("the square of w5 = x", _words(rf"\b(?:(?:{_OPERATION}) (?:{_OF})|(?:{_SIGN})){_FILLING}"), _unread, is_any=True),  # noqa: E501
})  # fmt: skip

RELATIONS = MappingProxyType({
    "is equal to": True, "equals": True, "equals to": True, "is equals to": True, "reduces to": True, "simplifies to": True,  # noqa: E501
    ":": False, "is": False, "becomes": False, "will be": False, "is just": False, "is simply": False, "would be": False, "is given by": False,  # noqa: E501
    "ist": False, "est": False, "es": False, "lautet": False,
})  # fmt: skip
"""Words between two formulas that state an equality; False where only a derivative before them makes it one."""
_ITS = "its derivative"
"""The derivative of y = x^2 is 2x: what is said of it comes behind."""
_GOES_ON = frozenset("where with if for when wo".split())
_MARKS = str.maketrans("$*`", "   ")
_OF_WHAT = frozenset(("asked", "of"))
_BEHIND = frozenset(("gradient", "grad"))
_LEADING = " \n\t-.:;,()[]|>#!?"
_NAMED = frozenset(("gradient", "own gradient", "delta", "unread"))
_OWN = re.compile(r"g_?\d*|g_.*|grad.*|[dδΔ∂∇].+", re.IGNORECASE)
"""Names that are a derivative's already: gradient g5 = …, delta δ_o1 = …"""


class _Waiting(Struct):
    """A run that may go on in words: what its own words made of it, how it is written, the name of these words, and
    where they begin."""

    run: Run
    written: Run
    phrase: str = ""
    begun: int = -1

    @property
    def is_derivative(self) -> bool:
        """Whether its own words made it a derivative."""
        return bool(self.phrase)

    @property
    def bare(self) -> tuple[Token, ...]:
        """What stands on its left side as it is written."""
        return self.written.left


def worded(runs: Sequence[Run], text: str, offset: int) -> Iterator[Run]:
    """Runs with those joined between which words state an equality or a derivative.

    `∂o1/∂w5 is equal to a_h1`; `E with respect to w5 = …` is a claim about ∂E/∂w5, never about w5.
    """
    waiting: _Waiting | None = None
    subject: _Waiting | None = None
    for run in runs:
        start = waiting.run.tokens[-1].end - offset if waiting is not None else 0
        gap = text[start : run.tokens[0].start - offset].translate(_MARKS)
        words = " ".join(gap.replace(",", " ").lower().split())
        if waiting is not None and not run.is_related and words in RELATIONS:
            if subject is not None and _names(waiting.run.left) == _names(subject.bare):
                yield waiting.run
                waiting, subject = _Waiting(subject.run.equated(run), subject.written, subject.phrase), None
                continue
            told = waiting.is_derivative and not waiting.run.is_related
            if RELATIONS[words] or told or _is_derivative(waiting.run.tokens):
                waiting = _Waiting(waiting.run.equated(run), waiting.written, waiting.phrase if told else "")
                continue
        if waiting is not None and waiting.phrase == _ITS and words in RELATIONS and not run.is_related:
            yield waiting.run
            slope = replace(waiting.run, tokens=(_sign("OF", "", waiting.begun), *waiting.run.left))
            waiting = _Waiting(slope.equated(run), waiting.written)
            continue
        name, found, begun = _phrased(run, gap, start + offset, waiting)
        made = _Waiting(found, run, name, begun)
        if waiting is not None and waiting.is_derivative and not waiting.run.is_related and words in _GOES_ON:
            subject = waiting
        if waiting is not None:
            yield waiting.written if name == "of by" else waiting.run
        waiting = made
    if waiting is not None:
        yield waiting.run


def _phrased(run: Run, gap: str, start: int, waiting: _Waiting | None) -> tuple[str, Run, int]:
    """A run as what the words before it make of it, the phrase's name and where it begins; as it is where they make
    nothing."""
    left, rest = run.left, run.tokens[len(run.left) :]
    behind = waiting.bare if waiting is not None else ()
    if gap.split() == ["of"] and behind and behind[-1].value in SEQUENCED:  # log of h1 = …
        return "operation", replace(run, tokens=(*_unread((), behind[-1].start, left), *rest)), behind[-1].start
    said = ((name, match) for name, phrase in PHRASES.items() if (match := phrase.words.search(gap)) is not None)
    name, match = next(said, ("", None))
    if match is None and rest and [t.kind for t in left] == ["WORD", "WORD"] and left[1].value in _BEHIND:
        slope = _derivative((), left[0].start, left, left[1].end)
        return "gradient", replace(run, tokens=(*slope, *rest)), left[0].start
    if match is None or not left:
        return "", run, -1
    begun, make = min(start + match.end() - len(match[0].lstrip(_LEADING)), left[0].start), PHRASES[name].left
    if not _is_told(run, name):
        return _ITS if name in _OF_WHAT and run.is_related else "", run, begun
    make = make if run.is_related or name not in _OF_WHAT else _beginning("OF")
    if waiting is None or name != "of by":
        return name, replace(run, tokens=(*make((), begun, left), *rest)), begun
    if behind:
        begun = behind[0].start if waiting.written.is_related else waiting.run.tokens[0].start
    make = _unread if waiting.phrase == "higher" else make
    return name, replace(run, tokens=(*make(behind, begun, left), *rest)), begun


def _is_told(run: Run, name: str) -> bool:
    """Whether the words of a phrase before a run are about its left side."""
    left = run.left
    value = run.after[0].value.lower() if run.after and run.is_related else ""
    if value in RELATIONS:  # at w5 = 0.4 the gradient is …
        return False
    if len(left) > 1 or left[0].kind != "WORD":
        return PHRASES[name].is_any
    is_own = name in _NAMED and _OWN.fullmatch(left[0].value)
    return not is_own and not (name == "error" and is_of_losses(left[0].value))  # the error of E1 is E1 itself


def _names(tokens: Sequence[Token]) -> tuple[str, ...]:
    return tuple(token.value for token in tokens)


def _is_derivative(tokens: Sequence[Token]) -> bool:
    return any(
        token.kind == "PARTIAL" or (token.kind == "WORD" and token.value[:1] in "dδ" and len(token.value) > 1)
        for token in tokens[:4]
    ) and any(token.kind in ("OVER", "FRACTION") for token in tokens)


def is_lone_derivative(tokens: Sequence[Token]) -> bool:
    """Whether tokens are a derivative and nothing else."""
    return _is_derivative(tokens) and not any(token.kind in ("RELATION", "PLUS", "TIMES") for token in tokens)
