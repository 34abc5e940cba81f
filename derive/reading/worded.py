"""Left sides told in words: `gradient for w5 = …`, `derivative of o1 with respect to w5 = …`, `w5 gradient = …`."""

import re

from derive.reading.spelling import role_of
from derive.reading.traced import Traced, join

_SLOPE = r"(?:(?:partial|loss|error|total)\s+)?(?:derivatives?|gradients?|grads?|slopes?|differentials?|partials?)"
_STEP = r"(?:delta|change|Δ)"
_BY = r"(?:w\.?\s?r\.?\s?t\.?|with\s+respect\s+to)"
_KIND = r"(?:the\s+|our\s+)?(?:weights?\s+|bias\s+|parameter\s+|node\s+|neuron\s+)?"
_LOSS = r"(?:\w+\s+){0,3}?(?:loss|error|cost)(?:\s+function)?(?:\s+[A-Z]\w{0,9})?"
_OF_BY = re.compile(
    rf"\b{_SLOPE}\s+(?:of|for)\s+(?:the\s+)?(?:(?P<loss>{_LOSS})|(?P<of>[^\W\d]\w*))\s*,?\s+(?:{_BY}|by)\s+{_KIND}\Z",
    re.IGNORECASE,
)
_FOR = re.compile(
    rf"(?<![\w.])(?:(?P<slope>{_SLOPE})|(?P<step>{_STEP}))\s+(?P<how>(?:{_BY}|by|of|for|at|on|in)\s+)?{_KIND}\Z|"
    rf"(?<![\w.])(?P<by>{_BY})\s+{_KIND}\Z",
    re.IGNORECASE,
)
_BEHIND = re.compile(rf"(?<![\w.])(?P<name>[^\W\d]\w*)(?:'s)?\s+(?:{_SLOPE}|(?P<step>{_STEP}))\s*\Z", re.IGNORECASE)
_BEGINNING = re.compile(
    r"(?:.*[.:;,(>–])?[\s*]*(?:(?:so|then|thus|hence|and|now|therefore)\s+)?(?:the|a|an|our|its)?\s*\Z",
    re.IGNORECASE | re.DOTALL,
)
_NAME = re.compile(r"[^\W\d]\w*\Z")
_WEIGHTS = frozenset(("weight", "bias"))


def told_left(before: Traced, member: Traced, right: str) -> Traced | None:
    """The left side that words make of a name, `grad_w5` or `∂(o1)/∂w5`; None where they say nothing of it.

    `before` is the line up to the name, `right` what stands behind the `=`: where that begins with the name itself,
    the line is an update, whatever the words before it. A derivative "of" anything but a weight is left to the caller.
    """
    name = member.text.strip()
    if not name:
        return _named_before(before)
    if not _NAME.match(name) or re.match(rf"[\s(]*{re.escape(name)}(?!\w)", right):
        return None
    text = before.text
    found = _OF_BY.search(text)
    if found is not None and found["of"] and not found["loss"]:
        of = before[found.start("of") : found.end("of")]
        return join((_put("∂(", before, found.start()), of, _put(")/∂", before, found.end("of")), member))
    if found is not None:
        return join((_put("grad_", before, found.start()), member))
    found = _FOR.search(text)
    if found is None:
        return None
    how = (found["how"] or "").strip().lower()
    begins = _BEGINNING.match(text[: found.start()]) is not None
    weight = (role_of(name) or ("",))[0] in _WEIGHTS
    told = how or begins or re.search(r"[^\W\d]", right)  # "with this gradient w5 = 0.4" is the weight
    if not told or (how == "of" and not weight):
        return None
    sign = "grad_" if not found["step"] else "d_" if weight else "δ_"
    return join((_put(sign, before, found.start()), member))


def _named_before(before: Traced) -> Traced | None:
    """`w5 gradient`, with nothing between it and the `=`."""
    found = _BEHIND.search(before.text)
    if found is None or (role_of(found["name"]) or ("",))[0] not in _WEIGHTS:
        return None
    return join((_put("d_" if found["step"] else "grad_", before, found.start()), before[slice(*found.span("name"))]))


def _put(text: str, where: Traced, place: int) -> Traced:
    return Traced(text, (where.place(place),) * len(text))
