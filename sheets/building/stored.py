"""Stores values beside the formulas of a sheet part that openpyxl saved; openpyxl itself keeps one or the other."""

import html
import re
from collections.abc import Mapping
from math import isfinite

from sheets.cells import error

_FORMULA = re.compile(r'<c r="([A-Z]+\d+)"((?: s="\d+")?)(?: t="\w+")?><f>([^<]*)</f><v ?/></c>')


def store_values(part: str, values: Mapping[str, float | str]) -> str:
    """The part with the value of every formula cell beside its formula.

    Numbers are written as the shortest text that reads back to the same bits; a number that is not finite is #NUM!.
    KeyError names a formula cell that has no value: none may stay without.
    """

    def stored(found: re.Match[str]) -> str:
        cell, style, formula = found.groups()
        value = values[cell]
        if isinstance(value, str):
            kind, text = ' t="str"', html.escape(value, quote=False)
        elif isfinite(value):
            kind, text = "", repr(value)
        else:
            kind, text = ' t="e"', error(value)
        return f'<c r="{cell}"{style}{kind}><f>{formula}</f><v>{text}</v></c>'

    return _FORMULA.sub(stored, part)
