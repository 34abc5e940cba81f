"""HTML's elements in a text: breaks, scripts below and above, pictures, code, MathML."""

import re

from derive.documents.links import formula_in_address, shows_formula
from derive.documents.mathml import NOT_READ, latex
from derive.documents.scan import Scan
from derive.documents.tags import BLOCKS, HIDDEN, SCRIPTS, SECTIONS, Tag, is_mathematics, tag, without_tags
from derive.documents.traced import Traced

_ADDRESS = re.compile(r"<((?:https?://|mailto:|www\.)[^<>\s]*)>")
_LANGUAGE = re.compile(r"\b(?:language-|lang-|highlight-|class=[\"']?)?(python3?|py|ipython3?)\b")
_DRAWN = re.compile(r"\bkatex-html\b|\bMathJax_Preview\b|\bMathJax_(?:SVG|CHTML)\b|\bmjx-chtml\b")
"""A formula once more, as it is drawn."""
LONGEST_ELEMENT = 20_000


def element(scan: Scan, place: int) -> int:
    """A tag, a comment, an address in angles; a sign that only says less is none."""
    if scan.text.startswith("<!--", place):
        close = scan.index.find("-->", place + 4)
        if close < 0:
            return place
        scan.words_until(place)
        return close + 3
    address = _ADDRESS.match(scan.text, place)
    if address:
        scan.words_until(place)
        return address.end()
    found = tag(scan.text, place)
    if found is None:
        return place
    scan.words_until(place)
    if not found.is_closing:
        if found.name in HIDDEN or found.name in ("math", "pre", "code"):
            return _element(scan, place, found)
        if found.name == "span" and _DRAWN.search(found.said):
            return scan.index.spans.get(found.end, found.end)
        if found.name == "img":
            _picture(scan, place, found)
    _tag(scan, place, found)
    return found.end


def _tag(scan: Scan, place: int, found: Tag) -> None:
    script = SCRIPTS.get((found.name, found.is_closing))
    if script:
        scan.page.put("words", Traced.put(script, scan.traced.at[place]))
    elif found.name == "br":
        scan.page.end_line()
    elif found.name == "tr":
        scan.page.end_row() if found.is_closing else scan.page.start_row()
    elif found.name in SECTIONS and not found.is_closing:
        scan.page.start_section()
        scan.page.level = int(found.name[1:]) if found.name[1:].isdigit() else 0
    elif found.name in BLOCKS or found.name in ("td", "th"):
        scan.page.end_block()


def _element(scan: Scan, place: int, found: Tag) -> int:
    """An element that is taken whole; one that is never closed is a tag that says nothing."""
    close = scan.index.find_tag(found.name, found.end)
    if close < 0 or (found.name == "code" and close > found.end + LONGEST_ELEMENT):
        return found.end
    end = scan.text.find(">", close) + 1 or len(scan.text)
    inside = scan.traced[found.end : close]
    if found.name == "script" and is_mathematics(found):
        if "mode=display" in found.said.replace(" ", ""):
            scan.display(without_tags(inside), end)
        else:
            scan.formula_of(inside)
    elif found.name == "math":
        _mathematics(scan, place, end, found, inside)
    elif found.name == "code":
        scan.page.put("code", without_tags(inside).map(lambda text: text.replace("\n", " ")))
    elif found.name == "pre":
        said = _LANGUAGE.search(scan.text, place, found.end + 200)
        scan.listing(without_tags(inside), said.group(1) if said else "")
    return end


def _mathematics(scan: Scan, place: int, end: int, found: Tag, inside: Traced) -> None:
    told = latex(inside.text) if len(inside) < LONGEST_ELEMENT else NOT_READ
    alternative = found.attribute("alttext")
    written = Traced.put(alternative if alternative and told.startswith(NOT_READ) else told, scan.traced.at[place])
    scan.page.drawn = written.text.strip()
    if found.attribute("display") == "block":
        scan.display(written, end)
    else:
        scan.formula_of(written)


def _picture(scan: Scan, place: int, found: Tag) -> None:
    """The formula that a picture shows, once where MathML said it before."""
    alternative = found.attribute("alt").strip()
    asked = formula_in_address(Traced.put(found.attribute("src"), scan.traced.at[place]))
    if alternative and alternative == scan.page.drawn:
        return
    if shows_formula(alternative):
        scan.formula_of(Traced.put(alternative, scan.traced.at[place]))
    elif asked is not None:
        scan.display(asked, found.end)
