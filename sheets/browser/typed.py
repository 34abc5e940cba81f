"""The walkthrough that a reader typed, and where in its text a fault lies."""

import re
import tempfile
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from derive.errors import DeriveError
from derive.walkthrough import BUILT_IN, Walkthrough, built_in, load_walkthrough, with_changes
from sheets.browser.exchange import Given


@cache
def built_in_texts() -> Mapping[str, str]:
    """The built-in walkthroughs as their files have them, by name."""
    return {name: (BUILT_IN / f"{name}.toml").read_text(encoding="utf-8") for name in built_in()}


def typed_walkthrough(given: Given) -> Walkthrough:
    """The walkthrough of a text; its faults tell the line of the text."""
    text = given["toml"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{_OWN}.toml"
        path.write_text(text, encoding="utf-8")
        try:
            loaded = load_walkthrough(path)
        except DeriveError as error:
            line = line_of(text, error.where + " " + error.found)
            where = error.where.removeprefix(path.name).removeprefix(f", line {line}").removeprefix(": ")
            where = "" if where == "the file" else where
            raise DeriveError(f"line {line}" + (f", {where}" if where else ""), error.found, error.right) from None
    return replace(loaded, name=_name(loaded.title, text))


_OWN = "network"
_LONGEST_NAME = 40


def _name(title: str, text: str) -> str:
    """A built-in walkthrough's own name where the text is its file's; any other's is the title's words, never that."""
    for name, told in built_in_texts().items():
        if text.split() == told.split():
            return name
    name = ""
    for word in re.findall(r"\w+", title):
        if len(name) + len(word) >= _LONGEST_NAME:
            break
        name += f"-{word}" if name else word
    return _OWN if name in built_in() else name or _OWN


def changed_walkthrough(given: Given) -> Walkthrough:
    """The walkthrough with the rates and the number of updates that were asked for."""
    rates = [piece.strip() for piece in str(given.get("rates") or "").split(",") if piece.strip()]
    updates = str(given.get("updates") or "").strip()
    try:
        asked = [Decimal(rate) for rate in rates]
    except InvalidOperation:
        raise DeriveError("learning rates", f"{', '.join(rates)} are no numbers", "write them as 0.1, 0.5") from None
    if updates and not updates.isdigit():
        raise DeriveError("updates", f'"{updates}" is no number of updates', "write 100")
    count = int(updates) if updates else None
    return with_changes(typed_walkthrough(given), learning_rates=asked or None, updates=count)


_PLACES = (
    re.compile(r"at line (\d+)"),
    re.compile(r"(equations)\[(\d+)\]"),
    re.compile(r"\b(?:parameters|constants|inputs|targets|aliases)\.(\w+)"),
    re.compile(r"\b(\w+)\"?:? "),
)
_KEYS = (r"\s*\[\s*{}\s*\]", r"\s*\"?{}\"?\s*=", r"[^\"]*[{{,]\s*\"?{}\"?\s*=")
"""How a line begins where a key stands: its table, the key itself, and a key within braces."""


def _line_of_key(lines: Sequence[str], word: str) -> int | None:
    """The line in which a key stands, None where it stands in none."""
    patterns = [re.compile(pattern.format(re.escape(word))) for pattern in _KEYS]
    return next((at for pattern in patterns for at, line in enumerate(lines, 1) if pattern.match(line)), None)


def line_of(text: str, where: str) -> int:
    """The line of a walkthrough's text that a fault is about: as it says, the equation's, the key's, else an end's."""
    lines = text.splitlines()
    for place in _PLACES:
        for found in place.finditer(where):
            word, *number = found.groups()
            if word.isdigit():
                return int(word)
            start = _line_of_key(lines, word)
            if start is not None and number:
                strings = [at for at, line in enumerate(lines, 1) if at >= start for _ in range(line.count('"') // 2)]
                return strings[int(number[0]) - 1] if int(number[0]) <= len(strings) else start
            if start is not None:
                return start
    return len(lines) if where.endswith("(at end of document)") else 1
