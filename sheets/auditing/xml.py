"""Streams an XML part of a workbook: elements as they open and close, never the whole of it in memory.

As defusedxml has it, a document type is refused, and with it every entity.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import IO
from xml.parsers import expat

from derive.errors import DeriveError

Opened = Callable[[str, dict[str, str]], None]
"""From an element's local name and its attributes."""
Closed = Callable[[str, str], None]
"""From an element's local name and the text that it holds itself, up to its end."""

_CHUNK = 1 << 16


@lru_cache(maxsize=1024)
def local(name: str) -> str:
    """`x:row` is row."""
    return name.rpartition(":")[2]


def stream(part: IO[bytes], name: str, opened: Opened, closed: Closed) -> None:
    """Read a part from its start to its end; DeriveError where it is damaged or declares a document type."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    text: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        text.clear()
        opened(local(tag), attributes)

    def end(tag: str) -> None:
        closed(local(tag), "".join(text) if text else "")
        text.clear()

    def refuse(*declared: object) -> None:
        raise DeriveError("", f"{name} declares XML entities, which no workbook needs: not read")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text.append
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        while chunk := part.read(_CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        told = expat.errors.messages.get(error.code, "not well-formed")
        raise DeriveError("", f"{name} is damaged: line {error.lineno}, column {error.offset + 1}: {told}") from None
