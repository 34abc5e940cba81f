"""Notations as named tables: what people type for one and the same sign, one character for one, so columns stay."""

import unicodedata
from functools import cache

PARTIALS = "∂δӘәƏə𝟃𝝏𝜕𝛛𝞉ძ∆Ꝺ"
MINUSES = "−–—‒﹣－‐‑"
TIMES = "×·⋅∙∗•✕✖⨯"
OVERS = "÷∕⁄"
PRIMES = "'’′‘ʹ"
BLANKS = "\u00a0\u2009\u200a\u202f\u2002\u2003\u3000\u200b\ufeff\t"
FRACTIONS = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅛": (1, 8), "⅒": (1, 10)}
OPENS = {"(": ")", "[": "]", "{": "}"}
CLOSES = {close: opened for opened, close in OPENS.items()}

_SIGNS = {
    **dict.fromkeys(PARTIALS, "∂"),
    **dict.fromkeys(MINUSES, "-"),
    **dict.fromkeys(TIMES, "*"),
    **dict.fromkeys(OVERS, "/"),
    **dict.fromkeys(PRIMES, "'"),
    **dict.fromkeys(BLANKS, " "),
    "δ": "δ",
    "∆": "Δ",  # a lone δ or Δ names a quantity; the reader of tokens decides
    "µ": "μ",
    "ϵ": "ε",
    "ϕ": "φ",
    "ℓ": "l",
}
_SUPERSCRIPT_SIGNS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺"
SUPERSCRIPTS = str.maketrans(_SUPERSCRIPT_SIGNS, "0123456789-+")
SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉ₐₑₒₓₕₖₗₘₙₚₛₜᵢⱼᵣᵤᵥ", "0123456789aeoxhklmnpstijruv", strict=True))


def canonical(text: str) -> str:
    """The text with every look-alike replaced by the sign it stands for; its length does not change."""
    return text if text.isascii() else "".join(_sign(char) for char in text)


@cache
def _sign(char: str) -> str:
    """One character's stand-in: the table's, else the plain letter of a styled one (𝝈, 𝑤, ｗ)."""
    if char in _SIGNS:
        return _SIGNS[char]
    if char in _SUPERSCRIPT_SIGNS or char in SUBSCRIPTS or char in FRACTIONS:
        return char
    plain = unicodedata.normalize("NFKC", char)
    if len(plain) != 1:
        return char
    return _SIGNS.get(plain, plain)
