"""Folds a long formula line as people break it: before an `=`, else before a `+`, `-` or `*` outside most brackets.

∂E/∂w1 = [(out_o1 - t1) * out_o1 * (1 - out_o1) * w5
          + (out_o2 - t2) * out_o2 * (1 - out_o2) * w7]
         * out_h1 * (1 - out_h1) * i1
"""

import textwrap
from collections.abc import Iterator

_SIGNS = ("=", "+", "-", "*", "/")
_SINCE = ", since "


def folded(line: str, width: int | None) -> Iterator[str]:
    """The line in pieces of at most `width` characters where it can be broken so; None leaves it as it is.

    A formula goes on under its first `=`, its reason behind it or below; what has no operator to break at, a list and
    prose are broken at blanks.
    """
    indent = len(line) - len(line.lstrip())
    formula, _, reason = line.partition(_SINCE)
    if width is None or len(line) <= width:
        yield line
    elif " = " not in formula or ", " in formula:
        yield from _prose(line, width, further=2 * (indent > 0))
    elif not reason:
        yield from _formula(line, indent, width)
    else:
        *before, last = _formula(formula, indent, width - 1)  # a comma fits behind it
        yield from before
        below = " " * (len(last) - len(last.lstrip())) + _SINCE[2:] + reason
        yield from [last + _SINCE + reason] if len(last + _SINCE + reason) <= width else [last + ",", below]


def _formula(line: str, indent: int, width: int) -> Iterator[str]:
    equals = line.index(" = ") + 1
    if equals > width // 2:
        equals = indent + 2
    least, depth = line.index(" = ") + 3, 0
    while len(line) > width and (place := _break(line, least, width)) is not None:
        piece, rest = line[:place], line[place + 1 :]
        yield piece
        depth += sum(piece.count(c) for c in "([{") - sum(piece.count(c) for c in ")]}")
        shift = equals if rest[0] == "=" else equals + 2 + (depth > 0)
        line, least = " " * shift + rest, shift + 2
    yield from _prose(line, width, further=2)


def _prose(line: str, width: int, further: int = 0) -> Iterator[str]:
    """Broken at blanks; a line that fits stays as it is."""
    indent = " " * (len(line) - len(line.lstrip()))
    if len(line) <= width:
        yield line
    else:
        yield from textwrap.wrap(
            line.strip(),
            width,
            initial_indent=indent,
            subsequent_indent=indent + " " * further,
            break_long_words=False,
            break_on_hyphens=False,
        )


def _break(line: str, least: int, width: int) -> int | None:
    """The best place to break: outside most brackets, at the weakest sign there.

    As far to the right as fits; but right after a bracket that was opened on an earlier piece.
    """
    depth, places = 0, []
    for column, character in enumerate(line[: width + 1]):
        depth += (character in "([{") - (character in ")]}")
        sign = line[column + 1 : column + 2]
        if column >= least and character == " " and sign in _SIGNS and line[column + 2 : column + 3] == " ":
            places.append((depth, _SIGNS.index(sign), column if depth < 0 else -column))
    return abs(min(places)[2]) if places else None
