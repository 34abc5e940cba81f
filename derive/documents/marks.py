"""The marks of Markdown, HTML and LaTeX in one text, as people mix them: each looks for its own signs.

A mark is a function from a scan and a place to the place behind it, the same place where its signs do not stand.
"""

import re

from derive.documents.commands import COMMANDS
from derive.documents.environments import DISPLAYS, KEPT, TABULAR, VERBATIM, WITH_ARGUMENT
from derive.documents.hypertext import element
from derive.documents.links import address_end, formula_in_address, image, link, shows_formula, wiki_link_end
from derive.documents.page import Page
from derive.documents.scan import LONGEST_INLINE, Mark, Scan
from derive.documents.tags import entity
from derive.documents.traced import Traced

_BEGIN = re.compile(r"\\(begin|end)\s*\{([A-Za-z]+)(\*?)\}")
_LATEX = re.compile(r"\\[A-Za-z]{2}")
_TEXT = re.compile(r"\\(?:text|mbox|mathrm|operatorname|textrm)\s*\{[^{}]*\}")
_STROKES = re.compile(r"(?<!\\)(?:\\\\)*\\\Z")
"""An odd number of strokes: the sign behind them is escaped."""
_PROSE = re.compile(r"(?<![\w\\{])[^\W\d_]{2,}[,;.]?\s+[^\W\d_]{2,}[,;.]?\s+[^\W\d_]{2,}(?!\w)")
_TWO_WORDS = re.compile(r"(?<![\w\\{])[^\W\d_]{2,}[,;.]?\s+[^\W\d_]{2,}(?!\w)")
_CODE = re.compile(r"(`+)(?!`)((?:[^\n]|\n(?![ \t>]*\n)){1,2000}?)(?<!`)\1(?!`)")
_STARS = re.compile(r"\*+|_+")
_ESCAPED = re.compile(r"\\{1,2}([*_#.+|~()\[\]$%&=<>`-])|\\(!)")
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?")
_MATHEMATICAL = re.compile(r"[=\\_^+*/<>∂∑]|\d\s*[-−]|\w\(")
_END_OF_HEADING = re.compile(r"#+[ \t]*(?=\n|\Z)")


def _line_end(scan: Scan, place: int) -> int:
    scan.words_until(place)
    return scan.next_line(place)


def _dollars(scan: Scan, place: int) -> int:
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


def _dollar(scan: Scan, place: int) -> int:
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
    """Whether what stands between two dollars is a sentence: then they are no pair."""
    told = _TEXT.sub(" ", body)
    if body[:1].isspace() == body[-1:].isspace():
        return _PROSE.search(told) is not None
    return body[0].isdigit() or _TWO_WORDS.search(told) is not None


def _bracket(scan: Scan, place: int) -> int:
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


def _environment(scan: Scan, place: int) -> int:
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
    scan.page.end_block()
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


def _command(scan: Scan, place: int) -> int:
    """The commands with which LaTeX sets words; those of mathematics are words that stand where they are."""
    found = _COMMAND.match(scan.text, place)
    if found is None or found.group(1) not in COMMANDS:
        return place
    what = COMMANDS[found.group(1)]
    scan.words_until(place)
    end = found.end()
    if what == "left out":
        while (next_end := scan.index.group_end(end)) > end:
            end = next_end
        return end
    if what == "block":
        scan.page.end_block()
        end = scan.index.group_end(end) if scan.text[end : end + 1] == "[" else end
    close = scan.index.closing.get(end)
    if close is None:
        return end
    scan.inside(scan.traced[end + 1 : close], is_marked=False)
    if what == "block":
        scan.page.end_block()
    return close + 1


def _escape(scan: Scan, place: int) -> int:
    r"""`\*`, `\_`: the sign itself; a stroke at the end of a line breaks it."""
    found = _ESCAPED.match(scan.text, place)
    if found and not (found.group(2) and _LATEX.search(scan.text)):
        scan.words_until(place)
        group = 1 if found.group(1) else 2
        scan.page.put("words", scan.traced[found.start(group) : found.end()])
        return found.end()
    if scan.text.startswith("\\\\", place):
        end = place + 2
        if scan.in_tabular:
            scan.words_until(place)
            scan.page.start_row()
            return end
        if not scan.text[end : scan.index.line_end(place)].strip():
            scan.words_until(place)
            return end
        return place
    if scan.text[place + 1 : place + 2] in ("\n", ""):
        scan.words_until(place)
        return place + 1
    return place


def _code(scan: Scan, place: int) -> int:
    found = _CODE.match(scan.text, place)
    if found is None:
        end = place
        while scan.text[end : end + 1] == "`":
            end += 1
        scan.words_until(place)
        return end
    scan.words_until(place)
    inside = scan.traced[found.start(2) : found.end(2)].map(lambda text: text.replace("\n", " "))
    stripped = inside.stripped()
    if len(stripped) > 2 and stripped.text.startswith("$") and stripped.text.endswith("$"):
        scan.inside(stripped)
    else:
        scan.page.put("code", inside)
    return found.end()


def _stars(scan: Scan, place: int) -> int:
    found = _STARS.match(scan.text, place)
    if found is None or not scan.is_marked:
        return place
    before, behind = scan.text[place - 1 : place] or " ", scan.text[found.end() : found.end() + 1] or " "
    if (before.isspace() and behind.isspace()) or (_is_name(before, found) and _is_name(behind, found)):
        return place
    scan.words_until(place)
    scan.page.mark(scan.traced[place : found.end()])
    return found.end()


def _is_name(sign: str, mark: re.Match[str]) -> bool:
    return sign.isalnum() and (ord(sign) < 0x2E80 or mark.group().startswith("_"))


def _entity(scan: Scan, place: int) -> int:
    shown, end = entity(scan.text, place)
    if end > place:
        scan.words_until(place)
        scan.page.put("words", Traced.put(shown, scan.traced.at[place]))
    elif scan.in_tabular:
        scan.words_until(place)
        scan.page.end_block()
        return place + 1
    return end


def _picture(scan: Scan, place: int) -> int:
    end = wiki_link_end(scan.text, place)
    found = image(scan.text, place)
    if found is None:
        scan.words_until(end and place)
        return end
    (start, stop), (begin, close), end = found
    scan.words_until(place)
    asked = formula_in_address(scan.traced[begin:close])
    if asked is not None:
        scan.display(asked)
    elif shows_formula(scan.text[start:stop]):
        scan.formula(place, start, stop)
    return end


def _link(scan: Scan, place: int) -> int:
    found = link(scan.text, place)
    if found is None:
        end = wiki_link_end(scan.text, place)
        if end > place:
            scan.words_until(place)
        return end
    (start, stop), end = found
    scan.words_until(place)
    scan.inside(scan.traced[start:stop])
    return end


def _address(scan: Scan, place: int) -> int:
    end = address_end(scan.text, place)
    if end > place:
        scan.words_until(place)
    return end


def _bar(scan: Scan, place: int) -> int:
    if not scan.in_row or scan.in_tabular:
        return place
    scan.words_until(place)
    scan.page.end_block()
    return place + 1


def _hash(scan: Scan, place: int) -> int:
    found = _END_OF_HEADING.match(scan.text, place)
    if found is None or not scan.in_heading or not scan.text[place - 1 : place].isspace():
        return place
    scan.words_until(place)
    return found.end()


MARKS: dict[str, tuple[Mark, ...]] = {
    "\n": (_line_end,),
    "$": (_dollars, _dollar),
    "\\": (_bracket, _environment, _command, _escape),
    "`": (_code,),
    "*": (_stars,),
    "_": (_stars,),
    "<": (element,),
    "&": (_entity,),
    "!": (_picture,),
    "[": (_link,),
    "h": (_address,),
    "w": (_address,),
    "|": (_bar,),
    "#": (_hash,),
}


def scan(text: Traced, page: Page) -> None:
    """A text set on a page."""
    Scan(text, page, MARKS, is_marked=True).whole()
