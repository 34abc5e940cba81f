"""The marks of Markdown, HTML and LaTeX in one text, as people mix them: each looks for its own signs.

A mark is a function from a scan and a place to the place behind it, the same place where its signs do not stand.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from derive.documents.commands import COMMANDS, LEVELS
from derive.documents.delimiters import bracket, dollar, dollars, environment
from derive.documents.hypertext import element
from derive.documents.links import address_end, embedded_end, formula_in_address, image, link, shows_formula
from derive.documents.page import Page
from derive.documents.scan import Mark, Scan
from derive.documents.tags import entity
from derive.documents.traced import Traced

_CODE = re.compile(r"(`+)(?!`)((?:[^\n]|\n(?![ \t>]*\n)){1,2000}?)(?<!`)\1(?!`)")
_STARS = re.compile(r"\*+|_+")
_ESCAPED = re.compile(r"\\{1,2}([*_])|\\([#.+|~()\[\]$%&=<>`-])")
_ESCAPED_IN_PROSE = re.compile(r"\\{1,2}([*_#.+|~()\[\]$%&=<>`-])|\\!")
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?(?:<[\d+.,-]*>)?")
"""A command; on slides with the numbers of those that show it, `\\uncover<2->`."""
_END_OF_HEADING = re.compile(r"#+[ \t]*(?=\n|\Z)")


def _line_end(scan: Scan, place: int) -> int:
    scan.words_until(place)
    return scan.next_line(place)


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
    if what in _APART:
        _APART[what](scan.page)
        scan.page.level = LEVELS.get(found.group(1), 0)
        end = scan.index.group_end(end) if scan.text[end : end + 1] == "[" else end
    close = scan.index.closing.get(end)
    if close is None:
        return end
    scan.inside(scan.traced[end + 1 : close])
    if what in _APART:
        scan.page.end_block()
    return close + 1


_APART: Mapping[str, Callable[[Page], None]] = MappingProxyType({
    "block": Page.end_block,
    "section": Page.start_section,
})  # fmt: skip
"""What begins before the argument of a command that stands by itself."""


def _escape(scan: Scan, place: int) -> int:
    r"""`\*`, `\_`: the sign itself; `\\` breaks a line, and so does a stroke at its end."""
    found = (_ESCAPED if scan.index.has_latex else _ESCAPED_IN_PROSE).match(scan.text, place)
    if found:
        scan.words_until(place)
        scan.page.put("words", scan.traced[found.end() - 1 : found.end()])
        return found.end()
    if scan.text.startswith("\\\\", place):
        if not scan.index.has_latex and not scan.in_tabular and scan.text[place + 2 : place + 3] not in ("\n", ""):
            return place
        scan.words_until(place)
        if scan.in_tabular:
            scan.page.start_row()
        else:
            scan.page.end_line()
        return place + 2
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
    role = ":math:" if scan.text.endswith(":math:", 0, place) else ""
    scan.words_until(place - len(role))
    inside = scan.traced[found.start(2) : found.end(2)].map(lambda text: text.replace("\n", " "))
    stripped = inside.stripped()
    if len(stripped) > 2 and stripped.text.startswith("$") and stripped.text.endswith("$"):
        scan.inside(stripped)
    elif role:
        scan.formula_of(inside)
    elif len(found[1]) > 2 and inside.text.startswith("math "):
        scan.formula_of(inside[len("math ") :])
    else:
        scan.page.put("code", inside)
    return found.end()


def _stars(scan: Scan, place: int) -> int:
    found = _STARS.match(scan.text, place)
    if found is None or not scan.is_marked:
        return place
    before, behind = scan.text[place - 1 : place] or "\n", scan.text[found.end() : found.end() + 1] or "\n"
    is_apart = before.isspace() and behind.isspace() and "\n" not in (before, behind)
    if is_apart or (_is_name(before, found) and _is_name(behind, found)):
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
    end = embedded_end(scan.text, place)
    found = image(scan.text, place)
    if end > place or found is None:
        scan.words_until(place)
        return end
    (start, stop), (begin, close), end = found
    scan.words_until(place)
    asked = formula_in_address(scan.traced[begin:close])
    if asked is not None:
        scan.display(asked, end)
    elif shows_formula(scan.text[start:stop]):
        scan.formula_of(scan.traced[start:stop])
    return end


def _link(scan: Scan, place: int) -> int:
    found = link(scan.text, place)
    if found is None:
        return place
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
    if place in scan.equated:
        scan.page.put("words", Traced.put("=", place))
    else:
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
    "$": (dollars, dollar),
    "\\": (bracket, environment, _command, _escape),
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
