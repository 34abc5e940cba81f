"""What a header names: `δE_total/δw1`, `Etotaldw1` and `dw1` are one quantity, as are `a_h1`, `out_h1` and `act_h1`."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

from msgspec import Struct

from derive.formulas.signs import canonical
from derive.names import is_name


class Key(Struct, frozen=True):
    """A quantity apart from its spelling: its kind and which one it is, `("act", "h1")`; kind "name" is any other."""

    kind: str
    which: str


# Kind, and what is typed for it once blanks are gone and letters are small; the group says which one.
KINDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern + r"\Z"))
    for kind, pattern in (
        ("weight", r"(?:w|weight)_?(\d+)"),
        ("bias", r"(?:b|bias)_?(\d+)"),
        ("input", r"(?:i|x|in|inp|input)_?(\d+)"),
        ("target", r"(?:t|y|target|tar)_?(\d+)"),
        ("act", r"(?:a|out|act|output|activation|σ|sig|sigmoid)[_.-]?\(?((?:h|o|0|z|n)?_?\d+)\)?"),
        ("act", r"((?:h|o)_?\d+)_?(?:out|act|a)"),
        ("sum", r"(?:net|z|sum|in)?[_.-]?((?:h|o)_?\d+)"),
        ("loss", r"(?:e|err|error|l|loss|c|cost|j)[_.-]?(\d+)"),
        ("loss", r"(?:total|tot|sum)[_.-]?(?:e|err|error|l|loss|cost)()"),
        ("loss", r"(?:e|err|error|l|loss|c|cost|j)[_.-]?(?:t|tot|total|sum)?()"),
        ("loss", r"(?:mse|sse|rmse|mae|bce|crossentropy)()"),
        ("rate", r"(?:η|ƞ|ɳ|ⴄ|ɲ|ͷ|α|eta|alpha|lr|l\.r\.?|learningrate(?:\(.*\))?)[:=]*()"),
    )
)

_LONGEST = 60
_REMARK = re.compile(r"(?<=\S)\s*[(\[][^()\[\]]*[)\]]\s*\Z")
PARAMETERS = frozenset({"weight", "bias"})
COMPUTED = frozenset({"act", "sum", "loss"})

_PARTIAL = re.compile(r"(?P<d>[∂d])?\(?(?P<of>[^∂/]*?)\)?/?[∂d]\(?(?P<by>[^∂/()]+)\)?\Z")
_GRADIENT = re.compile(r"(?:grad(?:ient)?|∇)[_(]?(?P<by>[^()]+?)\)?\Z|(?P<by2>[^()]+?)_?grad(?:ient)?\Z")


def folded(label: str) -> str:
    """A label without its spelling: look-alikes of ∂ as ∂, subscripts as digits, no blanks, small letters."""
    plain = canonical(unicodedata.normalize("NFKC", canonical(label[: 4 * _LONGEST]))).replace("δ", "∂")
    return re.sub(r"\s+", "", plain).strip(":=").lower()


@lru_cache(maxsize=8192)
def key_of(label: str) -> Key:
    """The quantity that a label names by itself, gradients apart; a remark in brackets or on its own line aside."""
    return next((key for text in (label, *_without_remark(label)) if (key := _key_of(text)).kind != "name"),
                _key_of(label))


def _without_remark(label: str) -> Iterator[str]:
    """A label without what stands in brackets at its end, `h1 (sum)`, then its lines one by one."""
    bare = _REMARK.sub("", label[: 4 * _LONGEST])
    if bare != label and bare.strip():
        yield bare
    if "\n" in label.strip():
        yield from (line for line in label[: 4 * _LONGEST].splitlines() if line.strip())


def _key_of(label: str) -> Key:
    text = folded(label)
    if len(text) > _LONGEST:
        return Key("name", text[:_LONGEST])
    for kind, pattern in KINDS:
        match = pattern.match(text)
        if match is not None:
            which = match.group(1).replace("_", "")
            return Key(kind, re.sub(r"\A0(?=\d)", "o", which))  # a_01 for a_o1
    return Key("name", text)


class Named(Struct, frozen=True):
    """A label beside others: a quantity of its own, or the derivative `of` by `by` (`of` empty where unsaid)."""

    key: Key
    of: Key | None = None
    by: Key | None = None


def partial_of(label: str, known: Collection[Key]) -> Named | None:
    """The derivative that a label names by a quantity among `known`, a remark aside; None where it names none."""
    found = (_partial_of(text, known) for text in (label, *_without_remark(label)))
    return next((named for named in found if named is not None), None)


def _partial_of(label: str, known: Collection[Key]) -> Named | None:
    text = folded(label)
    if len(text) > _LONGEST:
        return None
    match = _PARTIAL.match(text)
    if match is not None and (by := key_of(match["by"])) in known:
        of = key_of(match["of"]) if match["of"] else Key("loss", "")
        if (match["of"] or by.kind in PARAMETERS) and (of in known or of.kind == "loss"):
            return Named(Key("name", text), of, by)
    # Edw1, Etotaldw1: no stroke, and `d` may be a letter of a word
    for start in (place for place, letter in enumerate(text) if letter in "∂d"):
        by, of_text = key_of(text[start + 1 :].strip("()")), text[:start].strip("()/∂")
        if by in known and (by.kind in PARAMETERS or (of_text and by.kind != "name")):
            of = key_of(of_text) if of_text else Key("loss", "")
            if of.kind == "loss" or of in known:
                return Named(Key("name", text), of, by)
    match = _GRADIENT.match(text)
    if match is not None and (by := key_of(match["by"] or match["by2"])) in known:
        return Named(Key("name", text), Key("loss", ""), by)
    return None


def read_labels(labels: Iterable[str]) -> tuple[Named, ...]:
    """Labels that stand side by side, each with what it names among the others."""
    return _read_labels(tuple(labels))


@lru_cache(maxsize=512)
def _read_labels(texts: tuple[str, ...]) -> tuple[Named, ...]:
    """The same, remembered: a class has the same labels in all its workbooks."""
    keys = tuple(key_of(text) for text in texts)
    known = frozenset(key for key in keys if key.kind != "rate" and key != Key("name", ""))
    return tuple(
        (None if key.kind != "name" else partial_of(text, known - {key})) or Named(key)
        for text, key in zip(texts, keys, strict=True)
    )


def spelled(key: Key) -> str:
    """An ASCII name for a quantity, made of its kind."""
    made = {"weight": f"w{key.which}", "bias": f"b{key.which}", "input": f"i{key.which}", "target": f"t{key.which}",
            "act": f"out_{key.which}" if not key.which.isdigit() else f"a{key.which}", "sum": key.which,
            "loss": f"E{key.which}" if key.which else "E_Total"}.get(key.kind)  # fmt: skip
    if made is not None:
        return made
    plain = re.sub(r"\W+", "_", key.which).strip("_")
    return plain if is_name(plain) else f"q_{plain}"
