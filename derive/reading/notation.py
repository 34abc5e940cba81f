"""Notations as named tables: what people type for one and the same sign, one character for one, so columns stay."""

PARTIALS = "∂δӘә𝟃𝝏𝜕ძ"
MINUSES = "−–—‒﹣－"
TIMES = "×·⋅∙∗•✕✖"
OVERS = "÷∕⁄"

CANONICAL = str.maketrans(
    {**dict.fromkeys(PARTIALS, "∂"), **dict.fromkeys(MINUSES, "-"),
     **dict.fromkeys(TIMES, "*"), **dict.fromkeys(OVERS, "/"),
     "\u00a0": " ", "𝝈": "σ", "𝜎": "σ", "＝": "=", "η": "η"}
)
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def canonical(text: str) -> str:
    """The text with every look-alike replaced by the sign it stands for; its length does not change."""
    return text.translate(CANONICAL)
