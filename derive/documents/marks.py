"""The marks of Markdown, HTML and LaTeX in one text, as people mix them: each looks for its own signs."""

import re
from collections.abc import Callable

from derive.documents.environments import DISPLAYS, KEPT
from derive.documents.formulas import formula, rows
from derive.documents.page import Page
from derive.documents.traced import Traced

LONGEST_INLINE = 4_000
_BEGIN = re.compile(r"\\begin\s*\{([A-Za-z]+\*?)\}")
_BLANK_LINE = re.compile(r"\n[ \t>]*\n")
_LINE_START = re.compile(r"[ \t]*(?:>[ \t]?)+|[ \t]*#{1,6}[ \t]+")
_WORDS_BEHIND = re.compile(r"[^\n$\\]*[^\W\d_]{2}")


class Scan:
    """A text on its way to a page; what was not yet set begins at `kept`."""

    def __init__(self, text: Traced, page: Page) -> None:
        self.traced, self.text, self.page = text, text.text, page
        self.kept = 0
        self.quoted = False
        self.ends: dict[str, int] = {}

    def run(self) -> None:
        """Every mark from left to right."""
        place = self.kept = self.start_line(0)
        while (found := _SIGN.search(self.text, place)) is not None:
            place = found.start()
            for mark in MARKS[self.text[place]]:
                end = mark(self, place)
                if end > place:
                    place = self.kept = end
                    break
            else:
                place += 1
        self.words_until(len(self.text))

    def words_until(self, place: int) -> None:
        """The words before a mark are set."""
        self.page.put("words", self.traced[self.kept : place])
        self.kept = place

    def start_line(self, place: int) -> int:
        """Past what stands before a line: the signs of a quotation, a heading, an item."""
        found = _LINE_START.match(self.text, place)
        self.quoted = found is not None and ">" in found.group()
        return found.end() if found else place

    def find(self, sign: str, start: int, most: int | None = None) -> int:
        """Where a sign stands next, -1 where it does not; a sign that is nowhere behind is looked for once."""
        if start >= self.ends.setdefault(sign, self.text.rfind(sign) + 1):
            return -1
        return self.text.find(sign, start, None if most is None else start + most)

    def shown(self, start: int, begin: int, close: int, end: int) -> int:
        """A display from start to end, its mathematics from begin to close: inline where words stand beside it."""
        body = self.traced[begin:close]
        self.words_until(start)
        shown = rows(body, quoted=self.quoted)
        beside = self.page.has_words or _WORDS_BEHIND.match(self.text, end)
        if len(shown) == 1 and "\n" not in body.text and beside:
            for stretch in shown[0]:
                self.page.put(stretch.kind, stretch.text)
        else:
            self.page.display(shown)
        return end


def _line_end(scan: Scan, place: int) -> int:
    scan.words_until(place)
    blank = _BLANK_LINE.match(scan.text, place)
    if blank:
        scan.page.end_block()
        return scan.start_line(blank.end())
    scan.page.end_line()
    return scan.start_line(place + 1)


def _dollars(scan: Scan, place: int) -> int:
    if not scan.text.startswith("$$", place):
        return place
    close = scan.find("$$", place + 2)
    if close < 0 or _BLANK_LINE.search(scan.text, place, close):
        return place
    return scan.shown(place, place + 2, close, close + 2)


def _dollar(scan: Scan, place: int) -> int:
    close = scan.find("$", place + 1, LONGEST_INLINE)
    while close > 0 and scan.text[close - 1] == "\\":
        close = scan.find("$", close + 1, LONGEST_INLINE)
    if close < 0 or _BLANK_LINE.search(scan.text, place, close) or scan.text[close + 1 : close + 2].isdigit():
        return place
    scan.words_until(place)
    scan.page.put("formula", formula(scan.traced[place + 1 : close]))
    return close + 1


def _bracket(scan: Scan, place: int) -> int:
    slashes = 2 if scan.text.startswith("\\\\", place) else 1
    opened = scan.text[place + slashes : place + slashes + 1]
    if opened not in ("(", "["):
        return place
    sign = "\\" * slashes + (")" if opened == "(" else "]")
    begin = place + slashes + 1
    close = scan.find(sign, begin)
    if close < 0 or _BLANK_LINE.search(scan.text, begin, close):
        return place
    if opened == "[":
        return scan.shown(place, begin, close, close + len(sign))
    scan.words_until(place)
    scan.page.put("formula", formula(scan.traced[begin:close]))
    return close + len(sign)


def _environment(scan: Scan, place: int) -> int:
    begin = _BEGIN.match(scan.text, place)
    if begin is None or begin.group(1).rstrip("*") not in DISPLAYS | KEPT:
        return place
    sign = rf"\end{{{begin.group(1)}}}"
    close = scan.find(sign, begin.end())
    if close < 0:
        return place
    return scan.shown(place, place, close + len(sign), close + len(sign))


Mark = Callable[[Scan, int], int]
"""Sets what begins at a place and tells where it ends; the place itself where its mark does not stand there."""
MARKS: dict[str, tuple[Mark, ...]] = {
    "\n": (_line_end,),
    "$": (_dollars, _dollar),
    "\\": (_bracket, _environment),
}
_SIGN = re.compile("[" + re.escape("".join(MARKS)) + "]")


def scan(text: Traced, page: Page) -> None:
    """A text set on a page."""
    Scan(text, page).run()
