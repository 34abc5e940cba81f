"""MathML, which browsers set without a script: from TeX, by latex2mathml."""

import re
from functools import lru_cache
from html import escape
from xml.parsers.expat import ParserCreate

from latex2mathml.converter import convert

_SIGN = re.compile(r"((?:<mrow>|(?:&#x00028;|&#x0005B;|&#x0003D;|&#x022C5;)</mo>))<mo>&#x02212;</mo>")
"""A minus behind a bracket, an equals sign or a dot, or that comes first, is a sign: no blanks around it."""


@lru_cache(maxsize=4096)
def as_mathml(tex: str) -> str:
    """A `<math>` element for TeX that stands by itself; text that is no TeX comes out as `<code>`."""
    try:
        written: str = convert(tex)
        ParserCreate().Parse(written, True)  # a browser shows a fault of its own for what is no XML
    except Exception:  # of another library, on whatever it cannot read: the formula is shown as it is
        return f"<code>{escape(tex)}</code>"
    return _SIGN.sub(r'\1<mo form="prefix">&#x02212;</mo>', written)
