"""Links and pictures: a link is its text, a picture the formula that it shows."""

import re

from derive.documents.traced import Traced, join

_IMAGE = re.compile(
    r"!\[((?:[^\[\]\n]|\n(?!\n)|\[[^\[\]\n]*\]){0,4000})\]"
    r"(?:\((<[^<>\n]*>|[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:[ \t]+\"[^\"\n]*\")?[ \t]*\))?"
)
_LINK = re.compile(
    r"\[((?:[^\[\]\n]|\[[^\[\]\n]*\]){1,400})\]\((?:https?:|www\.|mailto:|#|\.{0,2}/|[\w-]+\.(?:md|html?|pdf|png|ipynb)\b)"
    r"[^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:[ \t]+\"[^\"\n]*\")?\)"
)
_WIKI = re.compile(r"!\[\[[^\[\]\n]{0,400}\]\]")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>()$|]*(?:\([^\s<>()$|]*\)[^\s<>()$|]*)*")
_SHOWS = re.compile(r"[=\\]|_\{|\^")
_IN_ADDRESS = re.compile(r"[?&](?:math|tex|latex|eq|chl)=|codecogs\.com/[\w./]*\?|/latex\?")
_ESCAPED = re.compile(r"((?:%[0-9A-Fa-f]{2})+)")
Span = tuple[int, int]


def image(text: str, place: int) -> tuple[Span, Span, int] | None:
    """The alternative text and the address of a picture at a place, and where it ends."""
    found = _IMAGE.match(text, place)
    return (found.span(1), found.span(2), found.end()) if found else None


def link(text: str, place: int) -> tuple[Span, int] | None:
    """The text of a link at a place, and where it ends."""
    found = _LINK.match(text, place)
    return (found.span(1), found.end()) if found else None


def embedded_end(text: str, place: int) -> int:
    """Past `![[a note]]`, the place itself where none stands there."""
    found = _WIKI.match(text, place)
    return found.end() if found else place


def address_end(text: str, place: int) -> int:
    """Past an address; the place itself where none stands there."""
    found = _ADDRESS.match(text, place)
    return found.end() if found else place


def shows_formula(alternative: str) -> bool:
    """Whether a picture's alternative text is the formula that it shows."""
    return _SHOWS.search(alternative) is not None


def formula_in_address(address: Traced) -> Traced | None:
    """The formula that a server draws for an address, None where it asks for none."""
    asked = _IN_ADDRESS.search(address.text)
    if asked is None:
        return None
    return _unquoted(address[asked.end() :])


def _unquoted(address: Traced) -> Traced:
    """An address with each `%20` as its sign, at the place of the `%`."""
    parts: list[Traced] = []
    end = 0
    for match in _ESCAPED.finditer(address.text):
        parts.append(address[end : match.start()])
        octets = bytes.fromhex(match.group().replace("%", ""))
        place = match.start()
        for sign in octets.decode("utf-8", errors="replace"):
            parts.append(Traced.put(sign, address.place(place)))
            place += 3 * len(sign.encode("utf-8"))
        end = match.end()
    return join((*parts, address[end:]))
