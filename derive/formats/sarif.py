"""As SARIF 2.1.0 (OASIS), which code hosts and editors read."""

import json
from importlib.metadata import version
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from derive.checking import Checked, Report
from derive.formats.message import OPEN, message

_LEVELS = {"refuted": "error", "undecided": "warning", "not-understood": "warning"}
_RULES = {
    "refuted": "The two sides differ: there are values at which both can be computed and are not the same.",
    "undecided": "It is neither proved that the two sides are equal nor refuted.",
    "not-understood": "The line is not read as a formula.",
}


def as_sarif(report: Report) -> str:
    """One run: a result for each equality that is not proved, a notification for each file that cannot be read."""
    faults = [{"level": "error", "message": {"text": fault}} for fault in report.faults]
    driver = {
        "name": "derive check",
        "version": version("derive-sheets"),
        "rules": [{"id": rule, "shortDescription": {"text": told}} for rule, told in _RULES.items()],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": not faults, "toolExecutionNotifications": faults}],
        "results": [_result(one) for one in report.checked if one.verdict in OPEN],
    }
    whole = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(whole, ensure_ascii=False, indent=1)


def _result(one: Checked) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": quote(PurePath(one.file).as_posix())},
        "region": {"startLine": one.line, "startColumn": one.column},
    }
    return {"ruleId": one.verdict, "level": _LEVELS[one.verdict], "message": {"text": message(one)},
            "locations": [{"physicalLocation": place}]}  # fmt: skip
