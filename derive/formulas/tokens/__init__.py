"""A line's text to tokens: numbers, names, signs; LaTeX and plain text by the same tables."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, takewhile
from types import MappingProxyType

from msgspec.structs import replace

from derive.formulas.arguments import COMMAND, argument
from derive.formulas.names import Labels, read_name
from derive.formulas.signs import FRACTIONS, INTEGRAL, RAISED, SUPERSCRIPTS, UPRIGHT, canonical
from derive.formulas.tokens.commands import command_at
from derive.formulas.tokens.token import NOTHING, OPERATORS, Token, token_at

__all__ = ["NOTHING", "NO_LABELS", "OPERATORS", "SIGN", "Token", "token_at", "tokens_of"]

_NUMBER = r"\d{1,3}(?:\\,\d{3})+(?!\d)|\d+(?:\.\d+|\.(?=[*/)\]}^]|\s?[*/+-]\s))?(?:[eE][+-]?\d+(?![\w.]))?|\.\d+(?:[eE][+-]?\d+(?![\w.]))?"  # noqa: E501
_ROWS = (
    ("BLANK", r"\s+"),
    ("NUMBER", _NUMBER),
    ("FRACTIONAL", "[" + "".join(FRACTIONS) + "]"),
    ("RAISED", f"⁻?[{''.join(RAISED)}](?:[⁻⁺][⁰¹²³⁴⁵⁶⁷⁸⁹]+)?"),
    ("SUPERSCRIPT", "[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+"),
    ("ARROW", r"[-=–]{1,3}>|→|↦|⟶|➔|»"),
    ("RELATION", r"<-{1,2}(?![\d(])|←|:=|[+\-*/]=(?!=)|={1,3}|≈"),
    ("COMPARE", r"<=|>=|!=|[<>≤≥≠∈]"),
    ("NOTE", r"/\*|\*/|\[\^\w+\]"),
    ("POWER", r"\*\*|\^"),
    ("PARTIAL", "∂"),
    ("BIG", "[∑∏Σ]"),
    ("ROOT", "[√∛∜]"),
    ("NABLA", "∇"),
    ("ENTRYWISE", "⊙"),
    ("OUTER", "⊗"),
    ("TURNED", "ᵀ"),
    ("MATMUL", "@"),
    ("PLUS", r"\+"),
    ("MINUS", "[-—]"),
    ("TIMES", r"\*"),
    ("SLASHES", "//"),
    ("OVER", "/"),
    ("OPEN", r"[(\[{⟨]"),
    ("CLOSE", r"[)\]}⟩]"),
    ("BARS", r"\|\||‖"),
    ("BAR", r"\|"),
    ("PRIME", "'+|[″‴]"),
    ("COMMA", "[,，、]"),
    ("DOTS", r"\.{3,}|…"),
    ("STOP", r"[.;:!。；：！\"“”„✓✔✅☑✗✘❌∎□■\U0001F000-\U0001FAFF]|(?<=\s)#|⇒|⟹|⇔|⟺|∴|∵"),
    ("ASKED", r"\?+"),
    ("BELOW", "_"),
    ("AMP", "&"),
    ("UNKNOWN", "."),
)
SIGN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _ROWS), re.DOTALL)
_MIDDLE_DOT = re.compile(
    r"(?<=[\w)\]}] )\.(?= [\w(\[{])|(?<=[)\]}])\.(?=[(\[{A-Za-z]|\\[dt]?frac|\\sqrt|\\left)"
    r"|(?<=[A-Za-z])\.(?=[(\[])(?!\(\d+\))|(?:(?<=\b[A-Za-z])|(?<=\b[A-Za-z][\dT]))\.(?=[A-Za-z]\d?\b)(?![ge]\.)"
)
"""A dot between operands: a . b, (a).(b), x.y, w1.i1; behind a longer word, or in eq.(3), it ends a sentence."""
_MODULE = re.compile(r"(?<![\w.])(?:math|np|numpy|jnp|torch|tf|F|scipy|special)\.(?=[a-z_]+\()")
_METHOD = re.compile(r"(?<=[\w)\]])\.(?:[A-Za-z_]{2,}\(|T\b|shape\b|data\b|grad(?:ient)?\b)")
_GRADIENT = re.compile(r"\.grad(?:ient)?\b")
_SHORTENED = re.compile(
    r"(?<![\w.])(?:w\. ?r\. ?t\b|(?:i\. ?e|e\. ?g|s\. ?t|a\. ?k\. ?a|d\. ?h|z\. ?B|p\. ?ex)\.)\.?", re.IGNORECASE
)
"""Shortened words whose letters are no names."""
_ITEM_MARKS = frozenset((r"\bullet", r"\circ", "*"))
"""What marks an item of a list where it stands alone in a formula; canonical, so • is among them."""
_LIMIT = re.compile(
    r"lim(?=\\limits|[\s_({\[]*(?:\w|\\Delta\s*\w){1,3}\s*(?:[-–]*>|→|\\(?:right|longright)arrow|\\to\b))"
)
"""A limit typed as a word: lim_{h→0}, lim h->0."""
_UNIT = re.compile("[ ~]?(.)")
"""What may be the sign of a currency behind a number."""
_NEAR = 8
"""So many signs at most stand between a script and its sign."""
_FARTHEST_ARROW = 6
"""So many tokens behind a limit an arrow belongs to it; within its brackets any."""
_LAST_LETTER = "\u052f"
"""The last letter of the scripts whose single letters are names."""
_CIRCLES = (("POWER", "ENTRYWISE"), ("POWER", "OPEN", "ENTRYWISE", "CLOSE"))
_TEMPERATURES = frozenset("CF")
_INSTEAD = MappingProxyType({"NOTE": "STOP", "FRACTIONAL": "NUMBER"})
"""A comment's sign and a footnote's mark end a formula; ½ is a number."""


NO_LABELS = Labels()


def tokens_of(
    text: str, shown: Sequence[tuple[int, int]] = (), labels: Labels = NO_LABELS, cuts: Sequence[int] = ()
) -> tuple[Token, ...]:
    """The tokens of one line; `shown` are the spans that stand within delimiters of mathematics, `cuts` the places over
    which no word goes.
    """
    plain = canonical(text)
    found: list[Token] = []
    edge = 0
    for start, end in (*shown, (len(text), len(text))):
        edges = (edge, *(cut for cut in cuts if edge < cut < start), start)
        for begin, stop in pairwise(edges):
            found += _scan(plain, begin, stop, False, labels)
        if plain[start:end].strip() in _ITEM_MARKS:
            found.append(Token("STOP", ";", start, end, shown=True))
        else:
            further = [*_scan(plain, start, end, True, labels)]
            is_apart = edge and plain[edge:start].isspace() and not _is_piece(found, further)
            if further and _is_dash(found):
                found[-1] = replace(found[-1], kind="STOP", value=";")
            if is_apart:  # $a = x$ $b = y$ is no product; a sign on either side goes on
                found.append(Token("GAP", " ", edge, start, shown=True))
            found += further
        edge = end
    return tuple(_spaced(_in_degrees(tuple(_primed(tuple(_approaching(found))))), plain))


def _in_degrees(found: Sequence[Token]) -> Iterator[Token]:
    r"""Tokens with 30° and 30^\circ, of a number or of what round brackets hold, as a number and one sign; °C is a
    word, and above a name, S^\circ, the circle is none of these.
    """
    place = 0
    while place < len(found):
        token, before = found[place], token_at(found, place - 1)
        end = _circle_end(found, place) if before.kind == "NUMBER" or before.value == ")" else place
        scale = token_at(found, end) if end > place else NOTHING
        if scale.value in _TEMPERATURES:
            yield replace(scale, value="°" + scale.value, start=token.start)
            place = end + 1
        elif end > place:
            yield replace(token, kind="DEGREE", value="°", end=found[end - 1].end)
            place = end
        else:
            yield token
            place += 1


def _circle_end(found: Sequence[Token], place: int) -> int:
    r"""Behind the sign of degrees at a place, °, ^\circ or ^{\circ}; the place itself where none stands."""
    if found[place].value == "°":
        return place + 1
    kinds = [token_at(found, at).kind for at in range(place, place + 4)]
    return next((place + len(way) for way in _CIRCLES if tuple(kinds[: len(way)]) == way), place)


def _primed(found: Sequence[Token]) -> Iterator[Token]:
    r"""Tokens with primes that are set above as the primes they are: f^{\prime}(x) is f'(x)."""
    place = 0
    while place < len(found):
        first = place + 1 + (token_at(found, place + 1).value == "{")
        signs = [*takewhile(lambda one: one.kind == "PRIME", found[first:])] if found[place].kind == "POWER" else []
        last = first + len(signs) - (first == place + 1)
        if signs and (first == place + 1 or token_at(found, last).kind == "CLOSE"):
            value = "".join(sign.value for sign in signs)
            yield replace(found[place], kind="PRIME", value=value, end=found[last].end)
            place = last
        else:
            yield found[place]
        place += 1


def _is_piece(before: Sequence[Token], further: Sequence[Token]) -> bool:
    """Whether mathematics goes on with what stands behind a sign of equality of the text: $a$ = $b$ $c$."""
    sign = next((token for token in reversed(before) if not token.shown), None)
    return sign is not None and sign.kind == "RELATION" and all(token.kind != "RELATION" for token in further)


def _is_dash(before: Sequence[Token]) -> bool:
    """Whether what stands before mathematics set apart is a word with a dash behind it: an example — $c = a + b$."""
    word, dash = token_at(before, len(before) - 2), token_at(before, len(before) - 1)
    is_long = len(word.value) > 2 or word.value[:1] > _LAST_LETTER
    is_word = word.kind in ("WORD", "TEXT") and is_long and word.value.isalpha()
    is_apart = dash.kind == "MINUS" and not dash.shown and not word.shown and dash.start > word.end
    return is_apart and is_word and not any(token.kind == "RELATION" for token in before)


def _approaching(found: Sequence[Token]) -> Iterator[Token]:
    r"""Tokens with the arrow of \lim_{h \to 0} as what goes to, which ends no formula."""
    level = left = 0
    for token in found:
        if token.kind == "LIMIT":
            level, left = 0, _FARTHEST_ARROW
        elif left or level:
            level += (token.kind == "OPEN") - (token.kind == "CLOSE")
            left = max(0, left - 1) if level or token.kind != "CLOSE" else 0
            if token.kind == "ARROW":
                token = replace(token, kind="APPROACH")
        yield token


def _spaced(found: Iterable[Token], text: str) -> Iterator[Token]:
    """Tokens with the blank before each noted."""
    before = 0
    for token in found:
        blank = before < token.start and text[before : token.start].isspace()
        yield replace(token, spaced=True) if blank else token
        before = token.end


def _scan(text: str, place: int, end: int, shown: bool, labels: Labels) -> Iterator[Token]:
    """The tokens between two places."""

    def within(start: int, stop: int, shown: bool) -> list[Token]:
        return list(_scan(text, start, stop, shown, labels))

    inside = text[:end]
    while place < end:
        char = inside[place]
        if (module := _MODULE.match(inside, place)) is not None:
            place = module.end()
        elif (typed := None if shown else _typed(inside, place)) is not None:
            yield from typed[0]
            place = typed[1]
        elif (word := _LIMIT.match(inside, place)) is not None:
            yield Token("LIMIT", "lim", place, word.end(), shown=shown)
            place = word.end()
        elif (name := _name(inside, place, shown, labels)) is not None:
            yield name
            place = name.end
        elif char == "\\":
            made, place = command_at(inside, place, shown, within)
            yield from made
        else:
            made, place = _sign(inside, place, shown)
            yield from made
            alone = inside[place : place + 1] not in ("", "{", "(", "'", "+", "-")
            is_big = inside[max(0, place - 2) : place] in ("∑^", "∏^", "Σ^")
            is_script = shown and made and made[0].value in ("^", "_")
            if alone and (is_big or is_script):  # x^l_j: one sign alone stands above
                begin, stop, after = argument(inside, place)
                if after <= end:
                    yield from within(begin, stop, True)
                    place = after


def _typed(text: str, place: int) -> tuple[list[Token], int] | None:
    """What stands in plain text alone: shortened words, and methods of programs; None where there is none."""
    shortened = _SHORTENED.match(text, place)
    if shortened is not None:
        return [Token("TEXT", shortened[0], place, shortened.end())], shortened.end()
    method = _METHOD.match(text, place)
    if method is None:
        return None
    if method[0] in (".grad", ".gradient", ".data"):
        return [], method.end()
    if method[0] == ".T":
        return [Token("TURNED", "T", place, method.end())], method.end()
    name = method[0].rstrip("(")
    return [Token("UNKNOWN", name, place, place + len(name))], place + len(name)


def _name(text: str, place: int, shown: bool, labels: Labels) -> Token | None:
    """The name at a place, w.grad one of its own; None where none stands there."""
    before = text[max(0, place - _NEAR) : place].rstrip(" ")
    is_script = text[place] == "{" and before[-1:] in ("^", "_")  # ∑^{n}_{i=1} has no name n_{i=1}
    if is_script or not (text[place] in "\\{" or (text[place].isalpha() and text[place] != "Σ")):
        return None
    found = read_name(text, place, shown, labels)
    if found is None or found[1] > len(text):
        return None
    word, end = found
    gradient = None if shown else _GRADIENT.match(text, end)
    if gradient is not None:
        word, end = f"{word}_grad", gradient.end()
    face = COMMAND.match(text, place)
    return Token("WORD", word, place, end, shown=shown, upright=face is not None and face[1] in UPRIGHT)


def _raised(signs: str, place: int, shown: bool) -> Iterator[Token]:
    """The tokens of letters that stand above, e⁻ˣ, in braces of no width."""
    end = place + len(signs)
    yield from (Token("POWER", "^", place, place, shown=shown), Token("OPEN", "{", place, place, shown=shown))
    for at, sign in enumerate(signs, place):
        kind = {"⁻": "MINUS", "⁺": "PLUS"}.get(sign, "WORD" if sign in RAISED else "NUMBER")
        yield Token(kind, RAISED.get(sign, sign).translate(SUPERSCRIPTS), at, at + 1, shown=shown)
    yield Token("CLOSE", "}", end, end, shown=shown)


def _multiplies(text: str, place: int) -> bool:
    """Whether a dot with a blank behind it multiplies: it stands between a bracket and an operand of one letter, and
    its line has another dot that does, (1/u).u' = (1/u). e^x.
    """
    before, blank, first, second = text[max(place - 1, 0) : place], *text[place + 1 : place + 4].ljust(3)
    if before not in tuple(")]}") or blank != " " or second.isalpha() or not (first.isalnum() or first in "(["):
        return False
    end = text.find("\n", place)
    return _MIDDLE_DOT.search(text, text.rfind("\n", 0, place) + 1, end if end >= 0 else len(text)) is not None


def _sign(text: str, place: int, shown: bool) -> tuple[list[Token], int]:
    """The token of a number or a sign; none for a blank."""
    match = SIGN.match(text, place)
    assert match is not None  # the last row takes any character
    kind, value, end = str(match.lastgroup), match[0], match.end()
    if kind == "BLANK" or (shown and value == "~"):
        return [], end
    if kind == "RAISED":
        return list(_raised(value, place, shown)), end
    if value == "." and (
        _MIDDLE_DOT.match(text, place) or (shown and text[end : end + 1].isalpha()) or _multiplies(text, place)
    ):
        kind, value = "TIMES", "*"
    elif value == "∫":
        value = INTEGRAL
    elif kind == "UNKNOWN" and unicodedata.category(value) == "So":
        kind = "MARK"
    elif kind == "NUMBER":
        value, unit = value.replace("\\,", ""), _UNIT.match(text, end)
        if unit is not None and unicodedata.category(unit[1]) == "Sc" and unit[1] != "$":
            end = unit.end()  # 8000€: the unit changes no value
    elif kind == "RELATION" and value.startswith("<-"):
        value = "←"
    elif kind == "SUPERSCRIPT":
        value = value.translate(SUPERSCRIPTS)
    elif kind == "PRIME":
        value = value.replace("″", "''").replace("‴", "'''")
    elif kind == "ARROW" and shown and value.startswith("="):
        kind = "STOP"
    elif value == "!" and shown and (text[place - 1].isalnum() or text[place - 1] in ")}"):
        kind = "FACTORIAL"
    return [Token(_INSTEAD.get(kind, kind), value, place, end, shown=shown)], end
