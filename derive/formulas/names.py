"""One name in a text: a letter or a word with its hat, its indices below and its labels above, as one token."""

import re
import unicodedata

from msgspec import Struct

from derive.formulas.arguments import COMMAND, argument, group_end
from derive.formulas.signs import (
    BLACKBOARD,
    DECORATIONS,
    FACES,
    GREEK,
    NOUNS,
    PROSE,
    RAISED,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    WORDED,
    WRAPPERS,
)

_PLAIN_WORD = re.compile(r"[^\W\d_](?:(?![⁰¹²³⁴-⁹½⅓⅔¼¾⅛⅒])\w)*")
_SHOWN_WORD = re.compile(r"[^\W\d_⁰¹²³⁴-⁹½⅓⅔¼¾⅛⅒]+(?:[0-9₀-₉]+(?!\.\d))?")
_SUBSCRIPT = re.compile(r"\d+|[^\W\d_](?=[^\W\d_]*[_^]|(?:ln|log|exp)\()|[^\W\d_]+\d*")
"""w_3i_1 and y_klog(p) are products, E_total is a name."""
_INSIDE = re.compile(r"[\w,+\-*/=<>()\[\]' .:]*")
_LABEL = re.compile(r"(?:[(\[<]{0}(?:,{0})*[)\]>])+".replace("{0}", r"(?:[A-Za-z]\w{0,4}(?:[+\-]\d)?|\d{1,2})"))
_UPDATED = {"+": "⁺", "(+)": "⁺", "new": "_new", "(new)": "_new", "old": "_old", "(old)": "_old", "*": "_star",
            "\\ast": "_star", "\\star": "_star", "next": "_new", "updated": "_new", "prev": "_old",
            "neu": "_new", "alt": "_old", "nuevo": "_new", "novo": "_new", "nouveau": "_new", "nuovo": "_new",
            "\\perp": "_perp", "\\bot": "_perp", "⊥": "_perp", "\\parallel": "_parallel", "∥": "_parallel"}  # fmt: skip
_SIGNED = ("+", "-")
_WORDS_ABOVE = re.compile(r"\\(?:text|textrm|mathrm|mbox|rm)\b")
_TIME = re.compile(r"\(?([tnkτ])(\s*\+\s*1)?\)?")
_TIMED = re.compile(r"\([tnkτ](\s*\+\s*1)?\)")
_STEPPED = re.compile(r"\([tnkτ]\s*\+\s*1\)")
_RELATED = re.compile(r"\+\s*(?::?=|←|<-)(?!=)")
_STARRED = re.compile(r"\*\s+=(?!=)")
_TIMED_INDEX = re.compile(r"(\w*?),?\s*([tnkτ])(\s*\+\s*1)?")
_COMBINING = {"\u0302": "_hat", "\u0303": "_tilde", "\u0304": "_bar", "\u0307": "_dot"}
_DEEPEST = 12


_SMALL = re.compile(f"(?<!_)[{''.join(map(chr, SUBSCRIPTS))}]")
"""The first small sign of an index: yᵢ is y_i."""
_SMALLS = re.compile(f"[{''.join(map(chr, SUBSCRIPTS))}]+")
SUPERSCRIBED = re.compile(rf"\(((?:[{''.join(RAISED)}](?:[⁻⁺][⁰¹²³⁴⁵⁶⁷⁸⁹])?)|[⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,2}})\)")
"""A label in small signs, a⁽¹⁾ and a⁽ᵏ⁺¹⁾, whose small brackets are read as brackets."""
LOWERED = SUPERSCRIPTS | str.maketrans(dict(RAISED))
"""What stands above, as it stands on the line."""
BRACKETED = re.compile(r"\[([hijklmnpqrst](?:\s?[+-]\s?1)?|\d{1,2})(?:\s*,\s*([a-z]|\d{1,2}))?\]")
"""An index as programs write it: a[i], h[t-1], x[i, j]."""


class Labels(Struct, frozen=True):
    """What may stand above a name without being a power: letters that only count layers or samples, and the names
    that bear a numeral so (`a^1` beside `a^2`)."""

    letters: frozenset[str] = frozenset()
    bases: frozenset[str] = frozenset()


def read_name(text: str, place: int, shown: bool, labels: Labels, depth: int = 0) -> tuple[str, int] | None:
    """The name that begins at a place, as (`net_h1`, where the text goes on); None where none does.

    `shown` says that the text is LaTeX mathematics, where a word ends at an underscore and may go on below the line.
    """
    if depth > _DEEPEST or place >= len(text):
        return None
    if text[place] == "\\":
        found = _commanded(text, place, labels, depth)
    elif text[place] == "{" and shown:
        found = _braced(text, place, labels, depth)
    else:
        found = _word(text, place, shown)
    return None if found is None else _with_scripts(*found, text, shown, labels)


def _commanded(text: str, place: int, labels: Labels, depth: int) -> tuple[str, int] | None:
    r"""\alpha, \hat{y}, \mathbf{W}: a letter, or a name in the argument of a command."""
    match = COMMAND.match(text, place)
    word = "" if match is None else match[1]
    if match is None or word in GREEK:
        return None if match is None else (GREEK[word], match.end())
    if word not in DECORATIONS and word not in WRAPPERS:
        return None
    start, stop, end = argument(text, match.end())
    inside = text[start:stop]
    is_applied = inside in NOUNS and text[end : end + 1] in tuple("(_^'")  # \text{step}(z)
    if (word in WORDED and not is_applied and _is_prose(inside)) or (word == "mathbb" and inside in BLACKBOARD):
        return None
    name = _enclosed(text, start, stop, labels, depth)
    if name is None:
        return None
    return _decorated(name, DECORATIONS[word]) if word in DECORATIONS else name, end


def _braced(text: str, place: int, labels: Labels, depth: int) -> tuple[str, int] | None:
    r"""{w}_1: a name in braces that has something below or above it; {\bf w}_1, one that is set in another face."""
    end = group_end(text, place)
    if text[end : end + 1] not in ("_", "^") or end > len(text):
        return None
    face = COMMAND.match(text, place + 1)
    start = face.end() if face is not None and face[1] in FACES else place + 1
    name = _enclosed(text, start, end - 1, labels, depth)
    return None if name is None else (name, end)


def _enclosed(text: str, start: int, stop: int, labels: Labels, depth: int) -> str | None:
    """The name between two places, where nothing else stands there."""
    inside = text[:stop].rstrip(" ")
    found = read_name(inside, _skip(text, start), True, labels, depth + 1)
    return None if found is None or found[1] < len(inside) else found[0]


def _word(text: str, place: int, shown: bool) -> tuple[str, int] | None:
    """A word of letters, its small signs below the line, and the accents that are signs of their own."""
    match = (_SHOWN_WORD if shown else _PLAIN_WORD).match(text, place)
    word = "" if match is None else _FIRST_RAISED.split(match[0])[0]  # what stands above is no letter of the name
    if not word:
        return None
    letters = _SMALLS.sub("", word)
    word = letters if word.startswith(letters) else word  # what stands below at its end is read as any index is
    word, end = _SMALL.sub(r"_\g<0>", word, count=1).translate(SUBSCRIPTS), place + len(word)
    if not shown and word.endswith("_") and text[end : end + 1] == "{":
        word, end = word.rstrip("_"), end - 1
    marks = ""
    while end < len(text) and text[end] in _COMBINING:
        marks, end = marks + _COMBINING[text[end]], end + 1
    return _decomposed(word) + marks, end


_FIRST_RAISED = re.compile(f"[ᵀ{''.join(RAISED)}]")
RAISED_SIGNS = re.compile(f"[{''.join(RAISED)}](?:[⁻⁺][⁰¹²³⁴⁵⁶⁷⁸⁹])?")
"""A letter above, and what is added to it: ˡ⁺¹."""


def _is_prose(words: str) -> bool:
    """Whether the argument of \\text is a word between formulas: blanks around it, or a word of the table."""
    bare = words.strip()
    return bare in PROSE or " " in bare or (bare != words and bare.isalpha())


def _decorated(name: str, mark: str) -> str:
    """The hat of y_1 belongs to its letter: y_hat_1."""
    base, below, rest = name.partition("_")
    return f"{base}_{mark}{below}{rest}"


def _decomposed(word: str) -> str:
    """ŷ is y_hat; a word of several letters keeps its accents, as a letter does that has another one, too: ố."""
    if word.isascii() or sum(char.isalpha() for char in word.partition("_")[0]) > 2:
        return word
    apart = unicodedata.normalize("NFD", word)
    marks = {char for char in apart if unicodedata.combining(char)}
    return "".join(_COMBINING.get(char, char) for char in apart) if marks and marks <= _COMBINING.keys() else word


def _skip(text: str, place: int) -> int:
    while text[place : place + 1] == " ":
        place += 1
    return place


def _with_scripts(name: str, place: int, text: str, shown: bool, labels: Labels) -> tuple[str, int]:
    """A name with what stands below and above it, as far as that belongs to the name."""
    while (found := _with_script(name, place, text, shown, labels)) is not None:
        name, place = found
    return name, place


def _with_script(name: str, place: int, text: str, shown: bool, labels: Labels) -> tuple[str, int] | None:
    """A name with the next thing that belongs to it; None where nothing does."""
    begin = _skip(text, place) if shown else place
    sign, behind = text[begin : begin + 1], text[begin + 1 : begin + 2]
    if sign == "{" and shown and behind in ("_", "^"):  # \theta{_k}
        end = group_end(text, begin)
        found = _with_scripts(name, begin + 1, text[: end - 1], shown, labels)
        return (found[0], end) if found[1] == end - 1 and end <= len(text) else None
    if sign == "_" and (shown or behind in ("{", "\\") or text[place - 1] in _COMBINING):
        below = _below(text, begin + 1)
        return None if below is None else (f"{name}_{below[0]}", below[1])
    if begin == place and (small := _SMALLS.match(text, begin)):
        below = _below(f"_{{{small[0]}}} {text}".translate(SUBSCRIPTS), 1)
        return None if below is None else (f"{name.removesuffix('_')}_{below[0]}", small.end())
    if sign == "[" and begin == place and (index := BRACKETED.match(text, begin)):
        first = index[1] if index[1].isalnum() else f"⟨{index[1].replace(' ', '')}⟩"
        return f"{name}_{first}{index[2] or ''}", index.end()
    if sign == "(" and (label := SUPERSCRIBED.match(text, begin)):
        return f"{name}^({label[1].translate(LOWERED)})", label.end()
    if sign in RAISED and (raised := RAISED_SIGNS.match(text, begin)):
        letter = RAISED[sign]
        told = raised[0][1:].translate(SUPERSCRIPTS)
        return (f"{name}^{letter}{told}", raised.end()) if letter in labels.letters and name != "e" else None
    above = _above(text, begin + 1, name, shown, labels) if sign == "^" else _version(text, begin, name, shown)
    return None if above is None else (name + above[0], above[1])


def _version(text: str, place: int, name: str, shown: bool) -> tuple[str, int] | None:
    """Which of a name's values is meant, w⁺, w(t+1), w(new), w += …, as what its name has behind it."""
    sign = text[place : place + 1]
    if sign in ("⁺", "⁎") or (sign == "+" and not shown and _RELATED.match(text, place)):
        return "⁺", place + 1
    if not shown and _STARRED.match(text, place):
        return "_star", place + 1
    time = _TIMED.match(text, place)
    if time is not None and name != text[place + 1] and _STEPPED.search(text):  # n(n + 1) is a product
        return ("_new" if time[1] else "_old"), time.end()
    if text[place : place + 5] in ("(new)", "(old)"):
        return f"_{text[place + 1 : place + 4]}", place + 5
    return None


def _below(text: str, place: int) -> tuple[str, int] | None:
    """An index below: the letters as they are, ⟨i+1⟩ where it is a formula."""
    start, stop, end = argument(text, place)
    if text[start:stop] in _SIGNED and not text[stop : stop + 1].isalnum():
        return f"⟨{text[start:stop]}⟩", end  # s_+
    if start == stop or text[place : place + 1] in ("_", "^") or text[start] == "=":
        return None
    if text[place : place + 1] not in ("{", "\\", " "):
        match = _SUBSCRIPT.match(text, place)
        if match is None:
            return None
        return match[0].translate(SUBSCRIPTS), match.end()
    plain = flattened(text[start:stop])
    if plain is None:
        return None
    word = plain.replace(" ", "")
    time = _TIMED_INDEX.fullmatch(word)
    if time is not None and (time[3] or "," in word) and re.search(r"[tnkτ]\s*\+\s*1", text):
        return time[1] + ("_new" if time[3] else "_old") if time[1] else ("new" if time[3] else "old"), end
    bare = word.replace("_", "").replace(",", "")
    return (bare if bare.isalnum() else f"⟨{word}⟩"), end


def flattened(text: str) -> str | None:
    """The letters and signs of an index without its markup; None where something else stands in it."""

    def put(match: re.Match[str]) -> str:
        word = match[1]
        if word in GREEK:
            return GREEK[word]
        return {"neq": "≠", "ne": "≠", "prime": "'", "cdot": "*", "times": "*"}.get(
            word, "" if word in WRAPPERS or word in "left right ,;:! ".split() else "\0"
        )

    plain = COMMAND.sub(put, text).replace("{", "").replace("}", "").replace("^", "")
    plain = plain.translate(SUBSCRIPTS)
    return plain if "\0" not in plain and _INSIDE.fullmatch(plain.replace("≠", "=")) else None


def _above(text: str, place: int, name: str, shown: bool, labels: Labels) -> tuple[str, int] | None:
    """A label above, `^(2)`; None for a power, a prime or a transpose."""
    start, stop, end = argument(text, place) if shown or text[place : place + 1] == "{" else _plain_above(text, place)
    inside = text[start:stop].strip()
    if inside == "-" and shown and not (text[end : end + 1].isalnum() or text[end : end + 1] in ("\\", "(", ".")):
        return "_⟨-⟩", end  # P^-, before an update
    if inside in _UPDATED:
        return _UPDATED[inside], end
    if inside.startswith("\\") and inside[1:] in ("prime", "top", "intercal"):
        return None
    plain = (flattened(inside) or "").replace(" ", "")
    if plain in _UPDATED:
        return _UPDATED[plain], end
    time = _TIME.fullmatch(plain)
    if time is not None and (time[2] or plain.startswith("(")) and time[1] in "tτn" and name != "e":
        return ("_new" if time[2] else "_old"), end
    if text[place : place + 1] == "{" and _LABEL.fullmatch(plain):
        return f"^{plain}", end
    if _WORDS_ABOVE.match(inside) and len(plain) > 1 + len("T") and plain.isalpha():  # S^{\text{repeated row}}
        return f"^{plain}", end
    letters = re.fullmatch(r"\(?\[?([A-Za-z])(?:[+\-]\d)?\]?\)?", plain)
    if letters is not None and letters[1] in labels.letters and name != "e":
        return f"^{plain}", end
    if re.fullmatch(r"\(?\d\)?", plain) and name in labels.bases:
        return f"^{plain}", end
    return None


def _plain_above(text: str, place: int) -> tuple[int, int, int]:
    """The exponent of plain text: a bracket, a word or a number."""
    match = re.compile(r"\([^()\s]{1,8}\)|\w+|.?", re.DOTALL).match(text, place)
    end = match.end() if match else place
    return place, end, end
