"""The delimiters of mathematics in a text: dollars, brackets with strokes, LaTeX's environments."""

import re

from derive.documents.environments import DISPLAYS, KEPT, SECTIONS, TABULAR, VERBATIM, WITH_ARGUMENT
from derive.documents.scan import LONGEST_INLINE, Scan

_BEGIN = re.compile(r"\\(begin|end)\s*\{([A-Za-z]+)(\*?)\}")
_TEXT = re.compile(r"\\(?:text|mbox|mathrm|operatorname|textrm)\s*\{[^{}]*\}")
_PROSE = re.compile(r"(?<![\w\\{])[^\W\d_]{2,}[,;.]?\s+[^\W\d_]{2,}[,;.]?\s+[^\W\d_]{2,}(?!\w)")
_TWO_WORDS = re.compile(r"(?<![\w\\{])[^\W\d_]{2,}[,;.]?\s+[^\W\d_]{2,}(?!\w)")
_MATHEMATICAL = re.compile(r"[=\\_^+*/<>∂∑]|\d\s*[-−]|\w\(")
_STROKES = re.compile(r"(?<!\\)(?:\\\\)*\\\Z")
"""An odd number of strokes: the sign behind them is escaped."""


def dollars(scan: Scan, place: int) -> int:
    """`$$…$$`; a display that nobody closed ends with its paragraph."""
    if not scan.text.startswith("$$", place):
        return place
    begin = place + 2
    close = scan.index.find("$$", begin)
    paragraph = scan.index.paragraph_end(begin)
    if 0 <= close <= paragraph or (close > 0 and not _is_prose(scan.text[begin:close])):
        return scan.shown(place, begin, close, close + 2)
    if scan.index.is_alone(place, begin) and not _is_prose(scan.text[begin:paragraph]):
        return scan.shown(place, begin, paragraph, paragraph)
    scan.words_until(place)
    return begin


def dollar(scan: Scan, place: int) -> int:
    """`$…$`; a lone dollar before a number is money, before anything else a mark that is lost."""
    limit = scan.index.line_end(place) if scan.in_row else place + LONGEST_INLINE
    close = scan.index.find("$", place + 1, limit)
    while close > 0 and _STROKES.search(scan.text, max(place, close - 8), close):
        close = scan.index.find("$", close + 1, limit)
    body = scan.text[place + 1 : close] if close > 0 else ""
    is_torn = scan.index.has_blank_line(place, close) or scan.text[close + 1 : close + 2].isdigit()
    if not body.strip() or is_torn or _is_prose(body):
        scan.words_until(place)
        return place if scan.text[place + 1 : place + 2].isdigit() else place + 1
    return scan.shown(place, place + 1, close, close + 1, is_inline=True)


def _is_prose(body: str) -> bool:
    """Whether what stands between two dollars is a sentence: then they are no pair, unless both stand close to it."""
    told = _TEXT.sub(" ", body)
    if body[:1].isspace() and body[-1:].isspace():
        return _PROSE.search(told) is not None
    is_close = not body[:1].isspace() and not body[-1:].isspace()
    return not is_close and (body[0].isdigit() or _TWO_WORDS.search(told) is not None)


def bracket(scan: Scan, place: int) -> int:
    r"""`\(…\)` and `\[…\]`, also with both strokes doubled; brackets that Markdown needs escaped are words."""
    slashes = 2 if scan.text.startswith("\\\\", place) else 1
    opened = scan.text[place + slashes : place + slashes + 1]
    if opened not in ("(", "["):
        return place
    sign = "\\" * slashes + (")" if opened == "(" else "]")
    begin = place + slashes + 1
    close = scan.index.find(sign, begin, begin + LONGEST_INLINE if opened == "(" else None)
    if close < 0 or (scan.index.has_blank_line(begin, close) and not scan.index.is_alone(place, begin)):
        return place
    if opened == "[":
        if not scan.index.is_alone(place, begin) and not _MATHEMATICAL.search(scan.text, begin, close):
            return place
        return scan.shown(place, begin, close, close + len(sign))
    return scan.shown(place, begin, close, close + len(sign), is_inline=True)


def environment(scan: Scan, place: int) -> int:
    """An environment: displayed mathematics, program text, a table, or a break between words."""
    begin = _BEGIN.match(scan.text, place)
    if begin is None:
        return place
    name, end = begin.group(2), begin.end()
    if begin.group(1) == "begin" and name in VERBATIM:
        return _verbatim(scan, place, name, end)
    if begin.group(1) == "begin" and name in (DISPLAYS | KEPT) - TABULAR:
        sign = rf"\end{{{name}{begin.group(3)}}}"
        close = scan.index.find(sign, end)
        return place if close < 0 else scan.shown(place, place, close + len(sign), close + len(sign))
    scan.words_until(place)
    scan.page.end_row()
    if name in TABULAR:
        scan.in_row = scan.in_tabular = begin.group(1) == "begin"
        if scan.in_row:
            scan.page.start_row()
    (scan.page.start_section if name in SECTIONS else scan.page.end_block)()
    return scan.index.group_end(scan.index.group_end(end) if name in WITH_ARGUMENT else end)


def _verbatim(scan: Scan, place: int, name: str, end: int) -> int:
    begin = scan.index.group_end(end)
    close = scan.index.find(rf"\end{{{name}}}", begin)
    if close < 0:
        return place
    scan.words_until(place)
    said = scan.text[end:begin].lower()
    scan.listing(scan.traced[begin:close], "python" if "python" in said else "")
    return close + len(rf"\end{{{name}}}")
