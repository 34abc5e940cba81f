"""HTML undone: tags, entities, subscripts, the formulas that pictures show."""

import html
import re
from collections.abc import Iterable
from urllib.parse import unquote

from derive.reading.mathml import without_mathml
from derive.reading.traced import Traced

_TAGS_THAT_BREAK = (
    "br|p|li|ul|ol|div|section|h[1-6]|tr|td|th|table|center|blockquote|pre|hr|img|body|html|head|title|dd|dt"
)
_TAGS = re.compile(
    rf"<!--.*?-->|<(?:script|style)\b.*?</(?:script|style)>|<(/?)(sub|sup|{_TAGS_THAT_BREAK}|b|i|em|strong|small|big|span|"
    r"font|a|code|u|tt|kbd|details|summary|article|main|header|footer|nav|figure|figcaption|var|mark)\b([^<>]*)>",
    re.DOTALL | re.IGNORECASE,
)
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30});")
_ENTITIES = {"&part;": "∂", "&nbsp;": " ", "&frac12;": "½", "&thinsp;": " "}
BRACED = re.compile(r"([_^])\{([^{}\n]*)\}")


def without_html(whole: Traced) -> Traced:
    def tag(match: re.Match[str]) -> Iterable[str | tuple[int, int]]:
        closing, name, rest = match.group(1), (match.group(2) or "").lower(), match.group(3) or ""
        if name in ("sub", "sup"):
            return ["}"] if closing else ["_{" if name == "sub" else "^{"]
        if name == "img":
            found = _ALT.search(rest)
            shown = (found.group(1) or found.group(2) or "") if found else ""
            return ["\n", f"${html.unescape(shown)}$" if re.search(r"[=\\]", shown) else "", "\n"]
        return ["\n"] if re.fullmatch(_TAGS_THAT_BREAK, name) else []

    found = without_mathml(whole).sub(_TAGS, tag)
    found = found.sub(_ENTITY, lambda match: [_ENTITIES.get(match.group(), html.unescape(match.group()))])
    return found.sub(BRACED, script) if found is not whole else whole


def script(match: re.Match[str]) -> Iterable[str | tuple[int, int]]:
    """`a_{o1}` as a name; `)^{2}` as a power, `w_{i}^{new}` as a name of its own."""
    inside = match.group(2).strip()
    if match.group(1) == "_" and re.fullmatch(r"[\w ,]+", inside):
        return ["_", inside.replace(" ", "").replace(",", "")]
    if match.group(1) == "^" and re.fullmatch(r"new|old|\+", inside):
        return ["⁺" if inside == "+" else f"_{inside}"]
    return [match.span()]


def image(match: re.Match[str]) -> Iterable[str | tuple[int, int]]:
    """The formula that a picture shows: that of its address where it has one, else its alternative text."""
    address = match.group(2) or ""
    if "math=" in address or "latex" in address:
        shown = unquote(address.partition("math=")[2] or address.partition("?")[2])
        return [f"\n$${shown}$$\n"]
    alternative = match.group(1)
    if alternative.startswith("["):
        return [" "]
    return ["$", match.span(1), "$"] if re.search(r"[=\\_]", alternative) else [" "]
