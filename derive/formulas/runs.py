"""The tokens of a line to runs: stretches of formula between words and punctuation.

A run ends only at what is known to be prose or punctuation. A sign that nobody knows stays in its run, so that the
formula around it is not understood.
"""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from derive.formulas.ends import OPERATORS, with_ends
from derive.formulas.signs import PROSE
from derive.formulas.tokens import Token
from derive.formulas.vocabulary import Vocabulary, is_wordlike, key

_VERBS = frozenset("is equals becomes gives yields".split())
"""Words before which `a` is no article."""
_LAST_LETTER = 0x52F
"""Latin, Greek and Cyrillic letters can be names; those behind are words of a text."""
_ROMAN = re.compile(r"[ivx]{1,5}|[a-h]|\d{1,2}[a-z]?", re.IGNORECASE)


class Run(Struct, frozen=True):
    """Tokens of formula; whether they open and close their line, and the tokens of prose before and behind them."""

    tokens: tuple[Token, ...]
    opens: bool
    closes: bool
    before: tuple[Token, ...] = ()
    after: tuple[Token, ...] = ()
    is_remark: bool = False


def runs_of(tokens: Sequence[Token], vocabulary: Vocabulary) -> Iterator[Run]:
    """The runs of one line, in order; what stands in brackets as a remark is a run of its own, behind."""
    tokens = tuple(_with_assignments(tuple(_without_marks(tokens))))
    partner = partners(tokens)
    prose = _prose(tokens, vocabulary)
    tokens = with_ends(tokens, prose, partner)
    prose = frozenset(place for place in prose if tokens[place].kind != "UNKNOWN")
    remarks = _remarks(tokens, partner, prose)
    later: list[Run] = []
    begun: list[int] = []
    level = 0
    last_break = -1
    place = 0
    while place <= len(tokens):
        token = tokens[place] if place < len(tokens) else None
        if token is not None and begun and _is_comment(tokens, place):
            later.extend(runs_of(tokens[place + 1 :], vocabulary))
            tokens, token = tokens[:place], None
        if place in remarks:
            later.extend(runs_of(tokens[place + 1 : remarks[place]], vocabulary))
        if token is None or place in prose or place in remarks or _is_break(tokens, place, level, partner):
            if begun:
                run = _trimmed(tokens, begun, place, last_break)
                if run is not None:
                    yield run
            begun, level = [], 0
            if place in remarks:
                place = remarks[place]
            last_break = place
        else:
            if token.kind == "OPEN" or token.kind == "BEGIN":
                level += 1
            elif token.kind in ("CLOSE", "END"):
                level = max(0, level - 1)
            begun.append(place)
        place += 1
    yield from (replace(run, is_remark=True) for run in later)


def _is_comment(tokens: Sequence[Token], place: int) -> bool:
    """# and // behind a formula, with something behind them: what follows is a remark on it."""
    return tokens[place].kind == "STOP" and tokens[place].value in ("#", "//", "/*") and not tokens[place].shown


def _without_marks(tokens: Sequence[Token]) -> Iterator[Token]:
    """Tokens of mathematics without the & of alignment; one between two formulas is a gap."""
    level = 0
    for place, token in enumerate(tokens):
        level += (token.kind == "BEGIN") - (token.kind == "END")
        if token.kind != "AMP" or level or not token.shown:
            yield token
            continue
        before = tokens[place - 1].kind if place else ""
        after = tokens[place + 1].kind if place + 1 < len(tokens) else ""
        if before and after and before not in OPERATORS and after not in OPERATORS and before != "AMP":
            yield Token("GAP", " ", token.start, token.end, token.spaced, token.shown)


def _with_assignments(tokens: Sequence[Token]) -> Iterator[Token]:
    """w -> w - η g assigns; t1=.01 t2=0.99 are two assignments."""
    for place, token in enumerate(tokens):
        before, after, further = (
            tokens[p] if 0 <= p < len(tokens) else None for p in (place - 1, place + 1, place + 2)
        )
        if token.kind == "ARROW" and before is not None and after is not None and further is not None and (
            before.kind == after.kind == "WORD"
            and key(before.value) == key(after.value)
            and further.kind in ("MINUS", "PLUS")
        ):
            token = Token("RELATION", "←", token.start, token.end, token.spaced, token.shown)
        yield token
        if before is not None and before.kind == "MINUS" and place > 1:
            before = tokens[place - 2]  # t1 = -.01 t2 = 0.99
        if (
            token.kind == "NUMBER"
            and before is not None
            and before.kind == "RELATION"
            and after is not None
            and further is not None
        ) and after.kind == "WORD" and after.spaced and further.kind == "RELATION":
            yield Token("STOP", ";", token.end, token.end)


def partners(tokens: Sequence[Token]) -> dict[int, int]:
    """Each opening bracket's place with that of its closing one."""
    found: dict[int, int] = {}
    waiting: list[int] = []
    for place, token in enumerate(tokens):
        if token.kind == "OPEN":
            waiting.append(place)
        elif token.kind == "CLOSE" and waiting:
            found[waiting.pop()] = place
    return found


def _prose(tokens: Sequence[Token], vocabulary: Vocabulary) -> frozenset[int]:
    """The places of words that are prose; those within a matrix or cases are none."""
    case = _case(tokens) | _framed(tokens)
    found: set[int] = set()
    for place, token in enumerate(tokens):
        if (token.kind == "TEXT" and place not in case) or (token.kind == "WORD" and place not in case and not _is_formula(tokens, place, vocabulary)):  # noqa: E501
            found.add(place)
    for place, token in enumerate(tokens):  # the article in "a neuron"
        if token.kind == "WORD" and token.value in ("a", "A", "I") and not token.shown:
            after = tokens[place + 1] if place + 1 < len(tokens) else None
            before = tokens[place - 1] if place else None
            if after is not None and after.value in _VERBS:
                continue
            beside = after is not None and after.kind in OPERATORS | {"CLOSE", "PRIME", "SUPERSCRIPT"}
            if not beside and not (
                before is not None
                and before.kind in OPERATORS | {"OPEN"}
                and (after is None or place + 1 not in found)
            ) and (
                place + 1 in found
                or place - 1 in found
                or (before is None and after is not None and token.spaced is False and token.value != "a")
            ):
                found.add(place)
    return frozenset(found)


def _framed(tokens: Sequence[Token]) -> frozenset[int]:
    """The places between the begin and the end of a matrix."""
    found, level = set(), 0
    for place, token in enumerate(tokens):
        level += (token.kind == "BEGIN") - (token.kind == "END")
        if level > 0:
            found.add(place)
    return frozenset(found)


def _case(tokens: Sequence[Token]) -> frozenset[int]:
    """The words of `a if h > 0 else b`."""
    kinds = [(token.kind, token.value) for token in tokens]
    if ("WORD", "if") in kinds and ("WORD", "else") in kinds and any(kind == "COMPARE" for kind, _ in kinds):
        return frozenset((kinds.index(("WORD", "if")), kinds.index(("WORD", "else"))))
    return frozenset()


def _is_formula(tokens: Sequence[Token], place: int, vocabulary: Vocabulary) -> bool:
    token = tokens[place]
    word = token.value
    if any(char.isalpha() and ord(char) > _LAST_LETTER for char in word):
        return False  # a word of another script
    if not is_wordlike(word):
        return True
    before = tokens[place - 1] if place else None
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    braced = before is not None and before.value == "{" and after is not None and after.value == "}"
    if token.shown or braced:
        return word not in PROSE or vocabulary.is_name(word)
    if vocabulary.is_function(word):
        applied = after is not None and (
            (after.kind == "OPEN"
            and not after.spaced)
            or after.kind in ("PRIME", "POWER", "SUPERSCRIPT", "FRACTION", "BAR")
        )
        sequenced = (
            after is not None
            and after.kind in ("WORD", "NUMBER", "OPEN")
            and word in ("ln", "log", "sin", "cos", "tanh", "exp")
        )
        beside = (
            (before is not None
            and before.kind in OPERATORS | {"OPEN"})
            or (after is not None
            and after.kind in OPERATORS - {"PARTIAL"})
        )
        return applied or sequenced or beside
    if _is_multiplied(tokens, place):
        return True
    if not vocabulary.is_name(word):
        return _differs(tokens, place)
    joined = _joins(before, after, tokens, place)
    if word in PROSE:
        return (after is not None and after.kind == "RELATION") or joined
    # a name of letters alone stands between signs; between words it is a word
    return joined or (before is None and after is None)


def _is_multiplied(tokens: Sequence[Token], place: int) -> bool:
    """The letters of 2xy: close behind a number that an operation brings in, where `the 2nd` has none."""
    return (
        place > 1
        and not tokens[place].spaced
        and tokens[place - 1].kind == "NUMBER"
        and tokens[place - 2].kind in OPERATORS
        and not _is_hyphen(tokens, place - 2)
    )


def _differs(tokens: Sequence[Token], place: int) -> bool:
    """dE in a ratio."""
    word = tokens[place].value
    if word[0] not in "dδΔ":
        return False
    near = tokens[max(0, place - 2) : place + 3]
    return any(token.kind in ("OVER", "FRACTION") for token in near)


def _joins(before: Token | None, after: Token | None, tokens: Sequence[Token], place: int) -> bool:
    """Whether a sign of arithmetic stands beside a word; a hyphen is none."""
    signs = OPERATORS | {"OPEN", "CLOSE", "PRIME", "SUPERSCRIPT", "COMMA"}
    left = (
        before is not None
        and before.kind in signs
        and not _is_hyphen(tokens, place - 1)
        and not (before.kind == "CLOSE" and tokens[place].spaced)
    )
    right = (
        after is not None
        and after.kind in signs - {"PARTIAL"}
        and not _is_hyphen(tokens, place + 1)
        and not (after.kind == "OPEN" and after.spaced)
        and after.kind != "COMMA"
    )
    return (
        (left
        and before is not None
        and before.kind not in ("COMMA", "OPEN"))
        or (right
        and after is not None
        and after.kind != "CLOSE")
        or (left and right)
    )


def _is_hyphen(tokens: Sequence[Token], place: int) -> bool:
    token = tokens[place]
    if token.kind != "MINUS" or token.spaced or not 0 < place < len(tokens) - 1:
        return False
    before, after = tokens[place - 1], tokens[place + 1]
    plain = all(
        word.kind == "WORD" and word.value.isalpha() and len(word.value) > 1 and not word.shown
        for word in (before, after)
    )
    return plain and not after.spaced


_BUILT = frozenset(("FRACTION", "PARTIAL", "ROOT"))


def _remarks(tokens: Sequence[Token], partner: dict[int, int], prose: frozenset[int]) -> dict[int, int]:
    """Brackets around prose or an equation, and numbers of equations at a line's end."""
    found: dict[int, int] = {}
    end = -1
    for opened in sorted(partner):
        closed = partner[opened]
        if opened < end or (tokens[opened].value == "{" and tokens[opened].shown):
            continue
        inside = range(opened + 1, closed)
        before = tokens[opened - 1] if opened else None
        apart = (
            before is None
            or (tokens[opened].spaced
            and before.kind not in OPERATORS)
            or before.kind in ("STOP", "COMMA", "GAP")
        )
        worded = any(place in prose for place in inside)
        if worded and not any(tokens[place].kind == "RELATION" for place in inside):
            worded = not any(tokens[place].kind in _BUILT for place in inside)  # what is built up is no remark
        apart = apart or sum(place in prose for place in inside) > 1
        relation = any(tokens[place].kind == "RELATION" for place in inside)
        if (
            ((worded or relation)
            and apart)
            or (relation
            and opened == 0)
            or (worded and before is not None and before.kind in ("CLOSE", "WORD") and tokens[opened].value == "[")
        ):
            found[opened], end = closed, closed
        elif (
            before is not None
            and before.kind not in OPERATORS
            and tokens[opened].start - before.end > 1
            and closed == len(tokens) - 1
            and not tokens[opened].shown
        ):
            found[opened], end = closed, closed  # behind a gap
        elif apart and before is not None and before.kind not in OPERATORS and _is_tag(tokens, opened, closed):
            found[opened], end = closed, closed
    return found


def _is_tag(tokens: Sequence[Token], opened: int, closed: int) -> bool:
    """(3), (2.1) or (iv) behind a formula, at the end of its line."""
    rest = [token for token in tokens[closed + 1 :] if token.kind not in ("STOP", "GAP")]
    inside = tokens[opened + 1 : closed]
    if rest or not inside or len(inside) > 3:
        return False
    text = "".join(token.value for token in inside)
    return re.fullmatch(r"\d{1,2}(?:\.\d{1,2})?[a-d]?|[ivx]{1,5}|[a-h]", text, re.IGNORECASE) is not None


def _is_break(tokens: Sequence[Token], place: int, level: int, partner: dict[int, int]) -> bool:
    """Whether a sign is punctuation here."""
    token = tokens[place]
    if token.kind in ("ASKED",):
        return True
    before = tokens[place - 1] if place else None
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    if token.kind == "STOP":
        return not (level and token.value == ";")
    if token.kind == "ARROW":
        return True
    if token.value == ">":  # what opens a line is no comparison: the sign of an item or of a quotation
        return all(sign.value == ">" for sign in tokens[:place])
    if token.kind == "COMMA":
        return level == 0
    if token.kind == "COMPARE" and token.value == "∈":
        return level == 0
    if token.kind == "ROW":
        return level == 0
    if token.kind == "DOTS":
        return not (
            (before is not None
            and before.kind in OPERATORS - {"RELATION"})
            or (after is not None
            and after.kind in OPERATORS - {"MINUS"})
        )
    if token.kind == "GAP":
        joined = before is None or before.kind in OPERATORS or after is None or after.kind in OPERATORS - {"PARTIAL"}
        return not joined and level == 0
    if token.kind == "MINUS":  # ----, or a dash before words
        beside = (before is not None and before.kind == "MINUS") or (after is not None and after.kind == "MINUS")
        if (
            beside
            and level == 0
            and (
                (after is not None
                and after.kind == "MINUS"
                and not after.spaced)
                or (before is not None
                and before.kind == "MINUS"
                and not token.spaced)
            )
        ):
            return True
    return False


def _trimmed(tokens: Sequence[Token], begun: list[int], end: int, last_break: int) -> Run | None:
    """A run without the gaps in it, and without a dash that belongs to the words around it."""
    places = [place for place in begun if tokens[place].kind != "GAP"]
    worded = end < len(tokens) and tokens[end].kind in ("WORD", "TEXT")
    balanced = sum((tokens[p].kind == "OPEN") - (tokens[p].kind == "CLOSE") for p in places) <= 0
    while (
        balanced
        and places
        and tokens[places[-1]].kind == "MINUS"
        and tokens[places[-1]].spaced
        and worded
        and tokens[end].spaced
    ):
        places.pop()
    if not places:
        return None
    kept = tuple(tokens[place] for place in places)
    if worded and sum((t.kind == "OPEN") - (t.kind == "CLOSE") for t in kept) > 0:
        word = tokens[end]  # words within a bracket: nobody can say what stands there
        told = word.value if word.kind == "WORD" else "words within a bracket"
        kept = (*kept, Token("UNKNOWN", told, word.start, word.end, True, word.shown))
    opens = all(
        token.kind in ("STOP", "MINUS", "TIMES", "ARROW", "GAP") or token.value == ">" for token in tokens[: begun[0]]
    )
    closes = all(token.kind in ("STOP", "COMMA", "GAP") for token in tokens[end:])
    return Run(
        kept,
        opens,
        closes,
        tuple(tokens[max(0, begun[0] - 12) : begun[0]]),
        tuple(tokens[end : end + 12]),
    )
