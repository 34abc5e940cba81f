"""Comments on cells: the part that holds their texts, and the drawing in VML without which Excel shows none.

The shape is Excel's own, as XlsxWriter writes it, whose files are compared with Excel's byte by byte.
"""

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

from sheets.marking.note import address_of
from sheets.marking.spans import Edit, all_of, edited, inserted, one, spans
from sheets.references import Place

AUTHOR = "derive-sheets"
_WIDE, _LINE = 46, 7  # characters in a line of a comment's box; lines at least
_SHAPE = re.compile(rb"_x0000_s(\d+)")


def comments_part(texts: Mapping[Place, str], namespace: str) -> bytes:
    """A new part of comments."""
    written = "".join(f'<comment ref="{address_of(place)}" authorId="0"><text>{_run(text)}</text></comment>'
                      for place, text in sorted(texts.items()))
    return (f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<comments xmlns="{namespace}"><authors>'
            f"<author>{AUTHOR}</author></authors><commentList>{written}</commentList></comments>").encode()


def with_comments(part: bytes, texts: Mapping[Place, str]) -> tuple[bytes, set[Place]]:
    """A part of comments with more of them; where a cell has one, the text is put below it.

    Gives the places that have a new comment, which need a shape.
    """
    found = spans(part, frozenset({"authors", "author", "commentList", "comment", "text"}).__contains__)
    authors, listed = one(found, "authors"), one(found, "commentList")
    if authors is None or listed is None:
        return part, set()
    p = listed.prefix
    edits: list[Edit] = []
    known = {span.attributes.get("ref", ""): span for span in all_of(found, "comment")}
    author = sum(1 for _ in all_of(found, "author"))
    new = []
    for place, text in sorted(texts.items()):
        comment = known.get(address_of(place))
        if comment is None:
            opened = f'<{p}comment ref="{address_of(place)}" authorId="{author}"><{p}text>'
            new.append((place, f"{opened}{_run(text, p)}</{p}text></{p}comment>"))
            continue
        body = next((span for span in all_of(found, "text") if comment.start < span.start < comment.end), None)
        if body is not None:
            edits.append(inserted(part, body, _run(f"\n{text}", p).encode()))
    if new:
        edits.append(inserted(part, authors, f"<{p}author>{AUTHOR}</{p}author>".encode()))
        edits.append(inserted(part, listed, "".join(text for _, text in new).encode()))
    return edited(part, edits), {place for place, _ in new}


def _run(text: str, p: str = "") -> str:
    return (f'<{p}r><{p}rPr><{p}sz val="9"/><{p}color indexed="81"/><{p}rFont val="Tahoma"/><{p}family val="2"/>'
            f'</{p}rPr><{p}t xml:space="preserve">{escape(_allowed(text))}</{p}t></{p}r>')


def _allowed(text: str) -> str:
    """Without the characters that XML leaves out."""
    return "".join(c for c in text if c in "\n\t" or (c >= " " and c not in "\ufffe\uffff"))


_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)


def drawing_part(texts: Mapping[Place, str], number: int) -> bytes:
    """A new drawing with a hidden box for each comment."""
    first = number * 1024 + 1
    shapes = "".join(_shape(place, text, first + at) for at, (place, text) in enumerate(sorted(texts.items())))
    return ('<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
            'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
            f'<o:idmap v:ext="edit" data="{number}"/></o:shapelayout>{_TYPE}{shapes}</xml>').encode()


def with_shapes(part: bytes, texts: Mapping[Place, str]) -> bytes:
    """A drawing with more boxes; VML need not be well-formed, so nothing of it is read but its numbers."""
    at = part.rfind(b"</xml>")
    if at < 0:
        return part
    first = max((int(number) for number in _SHAPE.findall(part)), default=1024) + 1
    kind = b"" if b'"_x0000_t202"' in part else _TYPE.encode()
    shapes = "".join(_shape(place, text, first + n) for n, (place, text) in enumerate(sorted(texts.items())))
    return part[:at] + kind + shapes.encode() + part[at:]


def _shape(place: Place, text: str, number: int) -> str:
    row, column = place[0] - 1, place[1] - 1
    lines = max(_LINE, 1 + sum(1 + len(line) // _WIDE for line in text.split("\n")))
    top = max(row - 1, 0)
    return (
        f'<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;margin-left:107.25pt;'
        'margin-top:7.5pt;width:270pt;height:96pt;z-index:1;visibility:hidden" fillcolor="#ffffe1" '
        'o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
        '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"/>'
        '</v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{column + 1}, 15, {top}, 10, {column + 5}, 15, {top + lines}, 4</x:Anchor><x:AutoFill>False"
        f"</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )
