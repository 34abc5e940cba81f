"""HTML in a text: tags by what becomes of them, and entities."""

import html
import re

from msgspec import Struct

from derive.documents.traced import Traced, join

_ATTRIBUTES = r"""(?:\s+[\w:@.-]+(?:\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=`]+))?)*\s*/?"""
_TAG = re.compile(rf"<(/?)([A-Za-z][A-Za-z0-9]*)({_ATTRIBUTES})>")
_ATTRIBUTE = re.compile(r"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ENTITIES = {"&nbsp;": " ", "&thinsp;": " ", "&ensp;": " ", "&emsp;": " ", "&space;": " ", "&shy;": "", "&zwnj;": ""}
BLOCKS = frozenset(
    "p li ul ol div section article main header footer nav aside h1 h2 h3 h4 h5 h6 table thead tbody tfoot caption "
    "center blockquote pre hr html body dd dt dl figure figcaption details summary form fieldset address".split()
)
SECTIONS = frozenset("h1 h2 h3 h4 h5 h6 hr section".split())
"""Those of them with which something else begins."""
INLINE = frozenset(
    "b i em strong small big span font a u s q tt kbd samp var mark cite del ins abbr label button wbr input "
    "nobr bdo time dfn meta link picture source svg path g iframe sub sup br img tr td th code".split()
)
HIDDEN = frozenset("script style head template noscript title textarea".split())
"""What stands in them is not shown."""
SCRIPTS = {("sub", False): "_{", ("sup", False): "^{", ("sub", True): "}", ("sup", True): "}"}
_MATHEMATICS = re.compile(r"math/(?:tex|latex)", re.IGNORECASE)


class Tag(Struct, frozen=True):
    """A tag that HTML has, with what it says about itself."""

    name: str
    is_closing: bool
    said: str
    end: int

    def attribute(self, name: str) -> str:
        """The value of an attribute as the author meant it; empty where it is not given."""
        for match in _ATTRIBUTE.finditer(self.said):
            if match.group(1).lower() == name:
                return html.unescape(next(group for group in match.groups()[1:] if group is not None))
        return ""


def tag(text: str, place: int) -> Tag | None:
    """The tag that begins at a place; less-than signs are none."""
    found = _TAG.match(text, place)
    if found is None:
        return None
    name = found.group(2).lower()
    if name not in BLOCKS | INLINE | HIDDEN | {"math"}:
        return None
    if len(name) == 1 and found.group(3).strip(" /") and "=" not in found.group(3):
        return None
    return Tag(name, bool(found.group(1)), found.group(3), found.end())


def is_mathematics(script: Tag) -> bool:
    """Whether a script holds a formula, as MathJax keeps it."""
    return _MATHEMATICS.search(script.said) is not None


def entity(text: str, place: int) -> tuple[str, int]:
    """The sign that an entity at a place stands for, and where it ends; the place itself where none stands there."""
    found = _ENTITY.match(text, place)
    if found is None:
        return "", place
    shown = _ENTITIES.get(found.group()) if found.group() in _ENTITIES else html.unescape(found.group())
    return ("", place) if shown is None or shown == found.group() else (shown, found.end())


def without_tags(whole: Traced) -> Traced:
    """A text with the signs that its tags and entities stand for."""
    parts: list[Traced] = []
    start = end = 0
    for match in _SIGN.finditer(whole.text):
        place = match.start()
        if place < end:
            continue
        found = tag(whole.text, place)
        if found:
            shown, end = SCRIPTS.get((found.name, found.is_closing), "\n" * (found.name == "br")), found.end
        else:
            shown, end = entity(whole.text, place)
        if end > place:
            parts += [whole[start:place], Traced.put(shown, whole.at[place])]
            start = end
    return join((*parts, whole[start:]))


_SIGN = re.compile("[<&]")
