"""Cell styles with a colour: each style of a marked cell once more, with another fill and all else as it was."""

from collections.abc import Iterable
from xml.sax.saxutils import quoteattr

from derive.errors import DeriveError
from sheets.marking.note import Colour
from sheets.marking.spans import Edit, Span, all_of, edited, inserted, one, spans, with_attributes

FILLS: dict[Colour, str] = {"wrong": "FFF8C9C9", "undecided": "FFE3E3E3", "fragile": "FFFFE7B0", "missing": "FFE4DBF3"}
_NAMES = frozenset({"fonts", "fills", "cellXfs", "xf", "font", "fill"})
Styles = dict[tuple[int, Colour], int]


class _Front:
    """The styles of the first sheet, by name."""

    FONTS = ('<{p}b/><{p}sz val="16"/><{p}name val="Calibri"/>', '<{p}b/><{p}sz val="11"/><{p}name val="Calibri"/>',
             '<{p}sz val="11"/><{p}name val="Calibri"/>')


def with_styles(part: bytes, used: Iterable[tuple[int, Colour]]) -> tuple[bytes, Styles, dict[str, int]]:
    """The part xl/styles.xml with a coloured twin of every used style, and those of the first sheet.

    Gives the numbers of the twins by (style, colour), and of `title`, `bold`, `plain` and each colour for the sheet.
    """
    found = spans(part, _NAMES.__contains__)
    fonts, fills, formats = (one(found, name) for name in ("fonts", "fills", "cellXfs"))
    if fonts is None or fills is None or formats is None:
        raise DeriveError("", "its styles cannot be read")
    p = fonts.prefix
    kinds = [span for span in all_of(found, "xf") if formats.start < span.start < formats.end]
    font_count, fill_count = (sum(1 for span in all_of(found, name) if outer.start < span.start < outer.end
                                  and span.depth == outer.depth + 1)
                              for name, outer in (("font", fonts), ("fill", fills)))
    fill_of = {colour: fill_count + number for number, colour in enumerate(FILLS)}
    new_fills = "".join(f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb={quoteattr(rgb)}/>'
                        f'<{p}bgColor indexed="64"/></{p}patternFill></{p}fill>' for rgb in FILLS.values())
    new_fonts = "".join(f"<{p}font>{text.format(p=p)}</{p}font>" for text in _Front.FONTS)
    made: list[bytes] = []
    twins: Styles = {}
    for style, colour in sorted(set(used)):
        twins[style, colour] = len(kinds) + len(made)
        made.append(_twin(part, kinds[style] if style < len(kinds) else kinds[0], fill_of[colour]))
    front: dict[str, int] = {}
    for name, font, fill in (("title", 0, 0), ("bold", 1, 0), ("plain", 2, 0),
                             *((colour, 1, number) for colour, number in fill_of.items())):
        front[name] = len(kinds) + len(made)
        filled = ' applyFill="1"' if fill else ""
        wrapped = f'<{p}alignment vertical="top" wrapText="1"/>'
        made.append(f'<{p}xf numFmtId="0" fontId="{font_count + font}" fillId="{fill}" borderId="0" xfId="0" '
                    f'applyFont="1"{filled} applyAlignment="1">{wrapped}</{p}xf>'.encode())
    edits: list[Edit] = [
        *_counted(part, fonts, font_count + len(_Front.FONTS), new_fonts.encode()),
        *_counted(part, fills, fill_count + len(FILLS), new_fills.encode()),
        *_counted(part, formats, len(kinds) + len(made), b"".join(made)),
    ]
    return edited(part, edits), twins, front


def _twin(part: bytes, kind: Span, fill: int) -> bytes:
    return with_attributes(part, kind, {"fillId": str(fill), "applyFill": "1"}) + part[kind.opened : kind.end]


def _counted(part: bytes, outer: Span, count: int, new: bytes) -> list[Edit]:
    """New children at the end of a list that tells their number."""
    if outer.is_empty:
        opened = with_attributes(part, outer, {"count": str(count)}).removesuffix(b"/>") + b">"
        return [(outer.start, outer.end, opened + new + b"</" + outer.tag.encode() + b">")]
    return [(outer.start, outer.opened, with_attributes(part, outer, {"count": str(count)})),
            inserted(part, outer, new)]
