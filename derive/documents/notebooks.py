"""Notebooks read cell by cell from their raw text, so that each character has its place in the file."""

import re
from collections.abc import Iterator

from msgspec import DecodeError, Struct
from msgspec.json import decode

from derive.documents.traced import Traced, join

_TOKEN = re.compile(r'"((?:[^"\\]++|\\.)*+)"|[{}\[\]:,]', re.DOTALL)
_ESCAPE = re.compile(r"\\u([dD][89abAB]..)\\u([dD][c-fC-F]..)|\\u([0-9a-fA-F]{4})|\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "", "b": "", "f": "\n"}
_TEXTS = ("source", "input")


class Cell(Struct, frozen=True):
    """A cell of a notebook, numbered from 1; a programming language is said for the whole notebook."""

    number: int
    is_code: bool
    text: Traced


def broken(source: str) -> str:
    """What is wrong with a notebook in which nothing was found, in words; empty where it is a notebook."""
    try:
        held = decode(source)
    except DecodeError as error:
        return f"is no notebook ({error})"
    except RecursionError:
        return "is no notebook: its JSON is nested too deep"
    if not isinstance(held, dict) or not (held.get("cells") or held.get("worksheets")):
        return "is a notebook without cells"
    return ""


class _Open(Struct):
    """An object or a list that is being read, and what it is called in the one around."""

    sign: str
    key: str
    is_cell: bool = False


def is_notebook(source: str, name: str) -> bool:
    """Whether a text is a notebook's."""
    is_json = source.lstrip()[:1] == "{"
    return is_json and (name.endswith(".ipynb") or ('"cells"' in source and '"cell_type"' in source))


def cells(source: str) -> Iterator[Cell]:
    """The cells of a notebook without their outputs; where the JSON breaks off the rest is read as far as it goes."""
    opened: list[_Open] = []
    key, kind = "", ""
    is_key = False
    parts: list[Traced] = []
    number = 0
    for match in _TOKEN.finditer(source):
        sign = match.group()
        if sign in "{[":
            is_cell = sign == "{" and bool(opened) and opened[-1].sign == "[" and opened[-1].key == "cells"
            opened.append(_Open(sign, key if not opened or opened[-1].sign == "{" else "", is_cell))
            is_key = sign == "{"
        elif sign in "}]":
            if opened and opened.pop().is_cell:
                number += 1
                yield Cell(number, kind == "code", join(parts))
                kind, parts = "", []
        elif sign == ",":
            is_key = bool(opened) and opened[-1].sign == "{"
        elif sign == ":":
            is_key = False
        elif is_key:
            key = match.group(1)
        elif opened:
            around = opened[-1] if opened[-1].sign == "{" else opened[-2] if len(opened) > 1 else opened[-1]
            called = key if opened[-1].sign == "{" else opened[-1].key
            if around.is_cell and called == "cell_type":
                kind = match.group(1)
            elif around.is_cell and called in _TEXTS:
                parts.append(_decoded(source, *match.span(1)))
    if parts:
        yield Cell(number + 1, kind == "code", join(parts))


def _decoded(source: str, start: int, end: int) -> Traced:
    """A string of JSON, each escape as the sign that it stands for at the place of its stroke."""
    parts: list[Traced] = []
    kept = start
    for match in _ESCAPE.finditer(source, start, end):
        parts.append(Traced(source[kept : match.start()], tuple(range(kept, match.start()))))
        high, low, code, sign = match.groups()
        if sign is not None:
            shown = _ESCAPES.get(sign, sign)
        elif code is not None:
            shown = chr(int(code, 16))
        else:
            shown = _pair(high, low)
        parts.append(Traced.put(shown, match.start()))
        kept = match.end()
    parts.append(Traced(source[kept:end], tuple(range(kept, end))))
    return join(parts)


def _pair(high: str, low: str) -> str:
    try:
        return chr(0x10000 + (int(high, 16) - 0xD800) * 0x400 + int(low, 16) - 0xDC00)
    except ValueError:
        return "\ufffd"
