"""Left sides told in words: `gradient for w5 = …`, `derivative of o1 with respect to w5 = …`, `w5 gradient = …`."""

import re

from derive.reading.spelling import role_of
from derive.reading.traced import Traced, join

_SLOPE = r"(?:(?:partial|loss|error|total)\s+)?(?:derivatives?|gradients?|grads?|slopes?|differentials?|partials?)"
_STEP = r"(?:delta|change|Δ)"
_BY = r"(?:w\.?\s?r\.?\s?t\.?|with\s+respect\s+to)"
_NO_KIND = r"(?:gets?|gives?|is|are|we|with|and|then|when|where|yields?|so|at|using|from|to|by|new|updated|old|now)\b"
_KIND = rf"(?:(?!{_NO_KIND})[A-Za-z]+\s+){{0,3}}"
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
_ABOVE = re.compile(r"([^\W\d]\w*)\s*\Z")
_NAME = re.compile(r"[^\W\d]\w*\Z")
_WEIGHTS = frozenset(("weight", "bias"))


def told_left(before: Traced, member: Traced, right: str) -> Traced | None:
    """The left side that words make of a name, `grad_w5` or `∂(o1)/∂w5`; None where they say nothing of it.

    `before` is the line up to the name, `right` what stands behind the `=`. Where that goes on from the name itself,
    w5 - …, the line is an update, whatever the words before it. Of anything but a weight the words do not tell by what
    it is differentiated: `∂(h1)/∂x`.
    """
    name = member.text.strip()
    if not name:
        return _named_before(before)
    if not _NAME.match(name):
        return None
    text = before.text
    found = _OF_BY.search(text)
    if found is not None and found["of"] and not found["loss"]:
        of = before[found.start("of") : found.end("of")]
        return join((_put("∂(", before, found.start()), of, _put(")/∂", before, found.end("of")), member))
    found = found or _FOR.search(text)
    if found is None:
        return None
    groups = found.groupdict()
    how = (groups.get("how") or groups.get("by") or "").strip().lower()
    by = "loss" in groups or re.fullmatch(rf"{_BY}|by", how) is not None
    if not by and re.match(rf"[\s(]*{re.escape(name)}\s*[-+]", right):
        return None
    begins = _BEGINNING.match(text[: found.start()]) is not None
    if not (how or by or begins or re.search(r"[^\W\d]", right)):  # "with this gradient w5 = 0.4" is the weight
        return None
    weight = (role_of(name) or ("",))[0] in _WEIGHTS
    if groups.get("step"):
        return join((_put("d_" if weight else "δ_", before, found.start()), member))
    above = _ABOVE.search(text[: found.start()]) if groups.get("by") else None
    if above is not None and _is_quantity(above.group(1)):
        of = before[slice(*above.span(1))]
        return join((_put("∂(", before, above.start(1)), of, _put(")/∂", before, above.end(1)), member))
    if above is None and (by or weight):
        return join((_put("grad_", before, found.start()), member))
    return join((_put("∂(", before, found.start()), member, Traced(")/∂x", member.at[-1:] * 4)))


def _is_quantity(word: str) -> bool:
    return len(word) == 1 or re.search(r"[\d_]", word) is not None or role_of(word) is not None


def _named_before(before: Traced) -> Traced | None:
    """`w5 gradient`, with nothing between it and the `=`."""
    found = _BEHIND.search(before.text)
    if found is None or (role_of(found["name"]) or ("",))[0] not in _WEIGHTS:
        return None
    return join((_put("d_" if found["step"] else "grad_", before, found.start()), before[slice(*found.span("name"))]))


def _put(text: str, where: Traced, place: int) -> Traced:
    return Traced(text, (where.place(place),) * len(text))
