"""As one JSON list, which is a contract (docs/commands.md): an object for each equality, in the documents' order."""

import json

from msgspec.structs import asdict

from derive.checking import Report
from derive.tex import typeset


def as_json(report: Report) -> str:
    """The list; `tex` has both sides and what is right in TeX, null where a side is no formula."""
    found = [{**one.as_json(), "tex": asdict(typeset(one))} for one in report.checked]
    return json.dumps(found, ensure_ascii=False, indent=1)
