"""Where the elements of an XML part stand in its bytes, so that it can be edited without being written anew.

A part is never serialised again: what is not edited keeps its bytes, namespace prefixes and all.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from xml.parsers.expat import ExpatError, ParserCreate

from msgspec import Struct

from derive.errors import DeriveError


class Span(Struct, frozen=True):
    """An element: `start` to `opened` is its start tag, `closing` to `end` its end tag; equal where it has none."""

    tag: str
    attributes: dict[str, str]
    start: int
    opened: int
    closing: int
    end: int
    depth: int

    @property
    def name(self) -> str:
        """The tag without its prefix."""
        return self.tag.rpartition(":")[2]

    @property
    def is_empty(self) -> bool:
        """Whether it is one tag, `<c r="A1"/>`."""
        return self.closing == self.end

    @property
    def prefix(self) -> str:
        """`x:` of `x:worksheet`, or nothing."""
        return self.tag[: len(self.tag) - len(self.name)]


Edit = tuple[int, int, bytes]
"""What stands from here to there is replaced by this."""


def spans(part: bytes, wanted: Callable[[str], bool]) -> list[Span]:
    """The elements whose name, without prefix, is wanted, in the order of their start tags.

    DeriveError where the part is no XML in UTF-8.
    """
    parser = ParserCreate()
    parser.ordered_attributes = False
    stack: list[tuple[str, dict[str, str], int]] = []
    found: list[Span] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        stack.append((tag, attributes, parser.CurrentByteIndex))

    def end(tag: str) -> None:
        name, attributes, begun = stack.pop()
        if wanted(name.rpartition(":")[2]):
            opened = _tag_end(part, begun)
            is_one = part[opened - 2 : opened] == b"/>"
            closing = opened if is_one else parser.CurrentByteIndex
            last = opened if is_one else _tag_end(part, closing)
            found.append(Span(name, attributes, begun, opened, closing, last, len(stack)))

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(part, True)
    except ExpatError as error:
        raise DeriveError("", f"a part of it is no XML: {error}") from None
    return sorted(found, key=lambda span: span.start)


def _tag_end(part: bytes, start: int) -> int:
    """Behind the `>` of the tag that begins here; one in quotes is text."""
    quote = 0
    for place in range(start, len(part)):
        sign = part[place]
        if quote:
            quote = 0 if sign == quote else quote
        elif sign in b"\"'":
            quote = sign
        elif sign == 0x3E:
            return place + 1
    return len(part)


def edited(part: bytes, edits: Iterable[Edit]) -> bytes:
    """The part with all edits made; of two insertions at one place the first given comes first."""
    pieces, at = [], 0
    for start, end, new in sorted(edits, key=lambda edit: (edit[0], edit[1])):
        pieces += [part[at:start], new]
        at = end
    return b"".join((*pieces, part[at:]))


def with_attributes(part: bytes, span: Span, values: dict[str, str]) -> bytes:
    """The start tag of an element with attributes set."""
    tag = part[span.start : span.opened]
    for name, value in values.items():
        written = f'{name}="{value}"'.encode()
        known = re.compile(rb"(?<=\s)" + re.escape(name.encode()) + rb"\s*=\s*(\"[^\"]*\"|'[^']*')")
        tag, count = known.subn(written, tag, count=1)
        if not count:
            cut = len(tag) - (2 if tag.endswith(b"/>") else 1)
            tag = tag[:cut].rstrip() + b" " + written + tag[cut:]
    return tag


def inserted(part: bytes, span: Span, new: bytes, *, first: bool = False) -> Edit:
    """New content as the first or last child of an element; one tag becomes two."""
    if not span.is_empty:
        at = span.opened if first else span.closing
        return at, at, new
    opened = part[span.start : span.opened].removesuffix(b"/>").rstrip() + b">"
    return span.start, span.end, opened + new + b"</" + span.tag.encode() + b">"


def in_utf8(part: bytes) -> bytes:
    """A part in UTF-8; hardly any writer uses another encoding."""
    if part.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = part.decode("utf-16")
        return re.sub(r"(<\?xml[^>]*encoding=)([\"'])[^\"']*\2", r'\1"UTF-8"', text, count=1).encode()
    return part


def one(found: Iterable[Span], name: str) -> Span | None:
    """The first element of a name."""
    return next((span for span in found if span.name == name), None)


def all_of(found: Iterable[Span], name: str) -> Iterator[Span]:
    """The elements of a name."""
    return (span for span in found if span.name == name)
