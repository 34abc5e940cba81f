"""A walkthrough file to begin from: like one that is there, each key with what it means."""

import re
from collections.abc import Iterator

import msgspec

from derive.errors import DeriveError
from derive.walkthrough.keys import WalkthroughFile
from derive.walkthrough.walkthrough import BUILT_IN, built_in, check_line

XOR = """\
title = "XOR"
learning_rates = [0.5, 2]
updates = 1000
layers = [2, 2, 1]
activation = "sigmoid"
bias = "per neuron"
loss = "binary cross-entropy"

[draw]
seed = 3
low = -1
high = 1

[inputs]
x1 = [0, 0, 1, 1]
x2 = [0, 1, 0, 1]

[targets]
y = [0, 1, 1, 0]
"""
_HEAD = """\
# A network, its samples, its start values and its training: change what you like, then
#     derive show FILE       the derivation of every gradient
#     derive latex FILE      the same as LaTeX; --slides, --blanks
#     sheets build FILE      the workbook in which it trains
"""
_KEY = re.compile(r"(?m)^(\w+) *=|^\[(\w+)\]")
_OF_THE_AUTHOR = re.compile(r'(?ms)^(?:#[^\n]*\n)?(?:derivation *= *"""\n.*?^"""\n|(?:source|table) *= *[^\n]*\n)')


def names() -> tuple[str, ...]:
    """What a file can be like."""
    return ("xor", *built_in())


def new_file(name: str, like: str, file: str) -> str:
    """The text of a file that is called `file`; DeriveError where there is nothing like `like`, or no name."""
    check_line("NAME", name)
    if not name.isprintable():
        raise DeriveError("NAME", f"{name!r} holds a sign that is not shown", "letters, digits, blanks and signs")
    if like not in names():
        raise DeriveError("--like", f'there is no "{like}"', f"one of {', '.join(names())}")
    path = BUILT_IN / f"{like}.toml"
    text = XOR if like == "xor" else _OF_THE_AUTHOR.sub("", path.read_text(encoding="utf-8"))
    title = name.replace("\\", "\\\\").replace('"', '\\"')
    text = re.sub(r"(?m)^title *= .*$", lambda _: f'title = "{title}"', text, count=1)
    return _HEAD.replace("FILE", file) + "\n" + "\n".join(_told(text.strip().splitlines())) + "\n"


def _told(lines: list[str]) -> Iterator[str]:
    """The lines, above each key what it means."""
    meaning = {field.name: field.type.__metadata__[0].description for field in msgspec.structs.fields(WalkthroughFile)}
    table = ""
    for line in lines:
        found = _KEY.match(line)
        key = (found[1] or found[2]) if found is not None else ""
        if found is not None and found[2]:
            table = found[2]
        if key in meaning and (not table or (found is not None and found[2])):
            yield f"# {meaning[key]}"
        yield line
