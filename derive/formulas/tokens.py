"""A line's text to tokens: numbers, names, signs; LaTeX and plain text by the same tables."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from msgspec import Struct

from derive.formulas.names import COMMAND, Labels, argument, group_end, read_name
from derive.formulas.signs import (
    ARGUMENTS_DROPPED,
    BLACKBOARD,
    BRACED,
    FRACTIONS,
    MATRICES,
    SIGNS,
    SILENT,
    STACKED,
    WORDED,
    WRAPPERS,
    canonical,
)

OPERATORS = frozenset("PLUS MINUS TIMES OVER POWER RELATION ENTRYWISE MATMUL COMPARE ABOVE PARTIAL".split())
"""Kinds of tokens that go on with a formula on either side, or on their right."""


class Token(Struct, frozen=True):
    """One sign: its kind, what it stands for, where it stands in the line, whether a blank stands before it, and
    whether it stands within delimiters of mathematics."""

    kind: str
    value: str
    start: int
    end: int
    spaced: bool = False
    shown: bool = False


NOTHING = Token("", "", 0, 0)
"""What stands beside the first and the last token of a line: a token of no kind."""


def token_at(tokens: Sequence[Token], place: int) -> Token:
    """The token at a place of a line, NOTHING beyond its ends."""
    return tokens[place] if 0 <= place < len(tokens) else NOTHING


_NUMBER = r"\d{1,3}(?:\\,\d{3})+(?!\d)|\d+(?:\.\d+|\.(?![.\d(\[{A-Za-z]))?(?:[eE][+-]?\d+(?![\w.]))?|\.\d+(?:[eE][+-]?\d+(?![\w.]))?"  # noqa: E501
_ROWS = (
    ("BLANK", r"\s+"),
    ("NUMBER", _NUMBER),
    ("FRACTIONAL", "[" + "".join(FRACTIONS) + "]"),
    ("SUPERSCRIPT", "[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+"),
    ("ARROW", r"[-=–]{1,3}>|→|↦|⟶|➔|»"),
    ("RELATION", r"<-{1,2}(?![\d(])|←|:=|[+\-*/]=(?!=)|={1,3}|≈"),
    ("COMPARE", r"<=|>=|!=|[<>≤≥≠∈]"),
    ("NOTE", r"/\*|\*/|\[\^\w+\]"),
    ("POWER", r"\*\*|\^"),
    ("PARTIAL", "∂"),
    ("BIG", "[∑∏Σ]"),
    ("NABLA", "∇"),
    ("ENTRYWISE", "⊙"),
    ("TURNED", "ᵀ"),
    ("PLUS", r"\+"),
    ("MINUS", "-"),
    ("TIMES", r"\*"),
    ("SLASHES", "//"),
    ("OVER", "/"),
    ("OPEN", r"[(\[{⟨]"),
    ("CLOSE", r"[)\]}⟩]"),
    ("BARS", r"\|\||‖"),
    ("BAR", r"\|"),
    ("PRIME", "'+"),
    ("COMMA", ","),
    ("DOTS", r"\.{3,}|…"),
    ("STOP", r"[.;:!\"“”„✓✔✅☑✗✘❌∎□■\U0001F000-\U0001FAFF]|(?<=\s)#|⇒|⟹|∴|∵"),
    ("ASKED", r"\?+"),
    ("BELOW", "_"),
    ("AMP", "&"),
    ("UNKNOWN", "."),
)
SIGN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _ROWS), re.DOTALL)
_MIDDLE_DOT = re.compile(
    r"(?<=[\w)\]}] )\.(?= [\w(\[{])|(?<=[)\]}])\.(?=[(\[{A-Za-z])|(?<=[A-Za-z])\.(?=[(\[])"
    r"|(?:(?<=\b[A-Za-z])|(?<=\b[A-Za-z]\d))\.(?=[A-Za-z]\d?\b)(?![ge]\.)"
)
"""A dot between operands: a . b, (a).(b), x.y, w1.i1; behind a longer word it ends a sentence."""
_MODULE = re.compile(r"(?<![\w.])(?:math|np|numpy|jnp|torch|tf|F|scipy|special)\.(?=[a-z_]+\()")
_METHOD = re.compile(r"(?<=[\w)\]])\.(?:[A-Za-z_]{2,}\(|T\b|shape\b|data\b|grad\b)")
_SHORTENED = re.compile(
    r"(?<![\w.])(?:w\. ?r\. ?t\b|(?:i\. ?e|e\. ?g|s\. ?t|a\. ?k\. ?a|d\. ?h|z\. ?B|p\. ?ex)\.)\.?", re.IGNORECASE
)
"""Shortened words whose letters are no names."""
_PROSE = re.compile(r"(?=.*[^\W\d_]{2})[\w ,.'’:;()-]*", re.DOTALL)
_AT = re.compile(r"\\begin\s*\{([A-Za-z]+)\*?\}")


NO_LABELS = Labels()


def tokens_of(text: str, shown: Sequence[tuple[int, int]] = (), labels: Labels = NO_LABELS) -> tuple[Token, ...]:
    """The tokens of one line; `shown` are the spans that stand within delimiters of mathematics."""
    plain = canonical(text)
    found: list[Token] = []
    edge = 0
    for start, end in (*shown, (len(text), len(text))):
        found.extend(_scan(plain, edge, start, False, labels))
        found.extend(_scan(plain, start, end, True, labels))
        edge = end
    return tuple(_spaced(found, plain))


def _spaced(found: Sequence[Token], text: str) -> Iterator[Token]:
    """Tokens with the blank before each noted."""
    before = 0
    for token in found:
        blank = before < token.start and text[before : token.start].isspace()
        yield Token(token.kind, token.value, token.start, token.end, blank, token.shown) if blank else token
        before = token.end


def _scan(text: str, place: int, end: int, shown: bool, labels: Labels) -> Iterator[Token]:
    """The tokens between two places."""
    inside = text[:end]
    while place < end:
        char = text[place]
        module = _MODULE.match(inside, place) if char in "mnjtFs" else None
        if module is not None:
            place = module.end()
            continue
        shortened = _SHORTENED.match(inside, place) if char.isalpha() and not shown else None
        if shortened is not None:
            yield Token("TEXT", shortened[0], place, shortened.end(), shown=shown)
            place = shortened.end()
            continue
        name = read_name(inside, place, shown, labels) if char in "\\{" or (char.isalpha() and char != "Σ") else None
        if name is not None and name[1] <= end:
            word = f"{name[0]}_grad" if inside.startswith(".grad", name[1]) and not shown else name[0]
            stop = name[1] + (5 if word != name[0] else 0)
            yield Token("WORD", word, place, stop, shown=shown)
            place = stop
            continue
        if char == "\\":
            made, place = _command(inside, place, shown, labels)
            yield from made
            continue
        if char == "~" and shown:
            place += 1
            continue
        method = _METHOD.match(inside, place) if char == "." and not shown else None
        if method is not None and method[0] in (".grad", ".data"):
            place = method.end()
            continue
        if method is not None:
            yield Token("UNKNOWN", method[0].rstrip("("), place, method.end() - method[0].endswith("("), shown=shown)
            place = method.end() - method[0].endswith("(")
            continue
        match = SIGN.match(inside, place)
        assert match is not None
        kind, value, start, place = str(match.lastgroup), match[0], match.start(), match.end()
        if kind == "BLANK":
            continue
        if kind in ("POWER", "BELOW") and shown and value != "**":
            yield Token(kind, value, start, place, shown=shown)
            begin, stop, after = argument(inside, place)
            if (
                inside[place : place + 1] not in ("", "{", "(", "'", "+", "-") and after <= end
            ):  # x^l_j: one sign alone stands above
                yield from _scan(text, begin, stop, True, labels)
                place = after
            continue
        if (
            kind == "STOP"
            and value == "."
            and (_MIDDLE_DOT.match(inside, start) or (shown and inside[place : place + 1].isalpha()))
        ):
            kind, value = "TIMES", "*"
        elif kind == "NOTE":  # a comment's sign, a footnote's mark
            kind = "STOP"
        elif kind == "UNKNOWN" and unicodedata.category(value) == "So":
            kind = "MARK"
        elif kind == "FRACTIONAL":
            kind = "NUMBER"
        elif kind == "NUMBER":
            value = value.replace("\\,", "")
        elif kind == "PRIME":
            value = "'" * len(value)
        elif kind == "ARROW" and shown and value.startswith("="):
            kind = "STOP"
        yield Token(kind, value, start, place, shown=shown)


def _command(text: str, place: int, shown: bool, labels: Labels) -> tuple[list[Token], int]:
    """A LaTeX command that is no name, with the arguments that belong to it."""
    match = COMMAND.match(text, place)
    if match is None:
        return [Token("UNKNOWN", "\\", place, place + 1, shown=shown)], place + 1
    word, end = match[1], match.end()

    def one(kind: str, value: str, stop: int = end) -> tuple[list[Token], int]:
        return [Token(kind, value, place, stop, shown=shown)], stop

    if word in SILENT:
        null = word in ("left", "right") and text[end : end + 1] == "."
        if word[:1] in "bB" and text[end : end + 1] == "{":  # \\big{(}
            start, stop, after = argument(text, end)
            return list(_scan(text, start, stop, shown, labels)), after
        return [], end + null
    if word in ("hspace", "hspace*", "hskip", "kern", "mkern"):
        return one("GAP", " ", argument(text, end)[2] if text[end : end + 1] == "{" else end)
    if word in ARGUMENTS_DROPPED:
        return [], argument(text, end)[2] if text[end : end + 1] in ("{", " ", "[") else end
    if word in BRACED:
        start, stop, after = argument(text, end)
        inner = [Token("OPEN", "{", place, start, shown=shown), *_scan(text, start, stop, True, labels)]
        after = argument(text, after + 1)[2] if text[after : after + 1] == BRACED[word] else after
        return [*inner, Token("CLOSE", "}", stop, stop + 1, shown=shown)], after
    if word in STACKED:
        _, _, after = argument(text, end)
        start, stop, after = argument(text, after)
        inner = list(_scan(text, start, stop, True, labels))
        return (
            (inner, after)
            if len(inner) == 1 and inner[0].kind in ("RELATION", "ARROW")
            else one("UNKNOWN", word, after)
        )
    if word in ("begin", "end"):
        kind = _AT.match(text, place)
        if word == "begin" and kind is not None and kind[1] in MATRICES:
            return _matrix(text, place, kind, shown, labels)
        return [], argument(text, end)[2]
    if word in WORDED:
        start, stop, after = argument(text, end)
        if _PROSE.fullmatch(text, start, stop):
            return one("TEXT", text[start:stop], after)
        return list(_scan(text, start, stop, text[start:stop].isalpha(), labels)), after
    if word in WRAPPERS:
        start, stop, after = argument(text, end)
        inner = list(_scan(text, start, stop, shown, labels))
        if word == "mathbb" and text[start:stop] in BLACKBOARD:
            return one("UNKNOWN", text[place:after], after)
        if len(inner) < 2:
            return inner, after
        return [
            Token("OPEN", "{", place, start, shown=shown),
            *inner,
            Token("CLOSE", "}", stop, after, shown=shown),
        ], after
    if word in SIGNS:
        return one(*SIGNS[word])
    if word == "_":
        return one("BELOW", "_")
    return one("UNKNOWN", match[0])


def _matrix(text: str, place: int, kind: re.Match[str], shown: bool, labels: Labels) -> tuple[list[Token], int]:
    """A matrix or cases, as BEGIN, the tokens with AMP and ROW between entries, and END."""
    close = text.find(f"\\end{{{kind[1]}", kind.end())
    stop = close if close >= 0 else len(text)
    begin = kind.end()
    if kind[1] == "array" and text[begin : begin + 1] == "{":
        begin = group_end(text, begin)
    after = argument(text, stop + 4)[2] if close >= 0 else len(text)
    inner = list(_scan(text[:stop], begin, stop, True, labels))
    return [
        Token("BEGIN", kind[1], place, begin, shown=shown),
        *inner,
        Token("END", kind[1], stop, after, shown=shown),
    ], after
