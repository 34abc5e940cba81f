"""The first sheet of a marked copy: what was found, in words, with a link to each place."""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from sheets.cells import letters, quoted
from sheets.marking.note import Note

TITLE = "Feedback"
_HEADINGS = ("Quantity", "Where", "What is wrong", "What stands there", "What belongs there")
_WIDTHS = (16, 22, 46, 52, 52)
_MOST_TEXT = 32_000


def front_part(head: Sequence[str], notes: Sequence[Note], styles: Mapping[str, int], namespace: str) -> bytes:
    """The part of the sheet; `head` are its first lines, the first of them a title."""
    rows: list[str] = []
    links: list[str] = []

    def row(cells: Sequence[tuple[str, str]], height: float | None = None) -> None:
        number = len(rows) + 1
        written = "".join(
            f'<c r="{letters(column)}{number}" s="{styles[style]}" t="inlineStr"><is><t xml:space="preserve">'
            f"{escape(_allowed(text))}</t></is></c>" for column, (text, style) in enumerate(cells, start=1) if text
        )
        high = f' ht="{height}" customHeight="1"' if height else ""
        rows.append(f'<row r="{number}"{high}>{written}</row>')

    merged = []
    for number, line in enumerate(head):
        merged.append(f"A{len(rows) + 1}:E{len(rows) + 1}")
        row([(line, "plain" if number else "title")], 24 if number == 0 else None)
    row([])
    if notes:
        row([(heading, "bold") for heading in _HEADINGS])
    for note in notes:
        where = f"{note.sheet}!{note.cells}" if note.cells else note.sheet
        if note.cells and note.sheet:
            first = note.cells.split(", ")[0].rpartition("!")[2]
            links.append(f'<hyperlink ref="B{len(rows) + 1}" location={quoteattr(f"{quoted(note.sheet)}!{first}")}/>')
        texts = (note.quantity, where, note.told, note.stands, note.belongs)
        lines = max(1 + len(text) // width + text.count("\n") for text, width in zip(texts, _WIDTHS, strict=True))
        row([(text, note.colour if place == 0 else "plain") for place, text in enumerate(texts)], 15.0 * min(lines, 20))
    columns = "".join(f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>'
                      for at, width in enumerate(_WIDTHS, start=1))
    covered = "".join(f"<mergeCell ref={quoteattr(area)}/>" for area in merged)
    merges = f'<mergeCells count="{len(merged)}">{covered}</mergeCells>' if merged else ""
    linked = f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{namespace}">'
        f'<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><dimension ref="A1:E{len(rows)}"/>'
        '<sheetViews><sheetView showGridLines="0" tabSelected="1" workbookViewId="0"/></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols><sheetData>{"".join(rows)}</sheetData>{merges}'
        f'{linked}<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
        "<headerFooter><oddFooter>&amp;L&amp;F&amp;C&amp;A&amp;Rpage &amp;P of &amp;N</oddFooter></headerFooter>"
        "</worksheet>"
    ).encode()


def _allowed(text: str) -> str:
    return "".join(c for c in text[:_MOST_TEXT] if c in "\n\t" or (c >= " " and c not in "\ufffe\uffff"))
