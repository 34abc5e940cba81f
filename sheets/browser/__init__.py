"""The Python side of the page that `derive page` writes: a request is an act with what is given, an answer JSON.

The page asks for one act after the other; files are handed over as bytes and live in a folder of the worker's memory.
What only workbooks need is imported by the acts on them, so that the first verdict does not wait for it.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from derive.defects import first_line
from derive.errors import DeriveError
from sheets.browser.claims import check, read
from sheets.browser.exchange import Files, Given
from sheets.browser.kept import audit, class_page, forget, keep, marked, table
from sheets.browser.making import derivation, examples, exercise, latex, make, workbook


def answer(act: str, given: str, files: Files = ()) -> str:
    """The answer to a request as JSON; what was wrong with what was given is `{"fault": {where, found, right}}`."""
    try:
        result = ACTS[act](msgspec.json.decode(given), files)
    except DeriveError as error:
        result = {"fault": {"where": error.where, "found": error.found, "right": error.right}}
    except RecursionError:
        result = {"fault": {"where": "", "found": "it is nested too deeply for a browser", "right": ""}}
    except Exception as error:
        told = f"a fault of this program, not yours: {first_line(error)}"
        result = {"fault": {"where": "", "found": told, "right": "please report it"}}
    return json.dumps(result, ensure_ascii=False)


ACTS: Mapping[str, Callable[[Given, Files], Any]] = {
    "check": check, "read": read, "examples": examples,
    "keep": keep, "audit": audit, "class": class_page, "table": table, "marked": marked, "forget": forget,
    "make": make, "derivation": derivation, "workbook": workbook, "latex": latex, "exercise": exercise,
}  # fmt: skip
"""What the page may ask for."""
