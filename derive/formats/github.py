"""As workflow commands of GitHub Actions: a line each, shown beside the line of a pull request.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from derive.checking import Report
from derive.formats.message import OPEN, message


def as_github(report: Report) -> str:
    """Refuted is an error, undecided and not understood a warning; a file that cannot be read is an error."""
    lines = [f"::error::{_text(fault)}" for fault in report.faults]
    for one in report.checked:
        if one.verdict in OPEN:
            kind = "error" if one.verdict == "refuted" else "warning"
            place = f"file={_property(one.file)},line={one.line},col={one.column},title={one.verdict}"
            lines.append(f"::{kind} {place}::{_text(message(one))}")
    return "\n".join(lines)


def _text(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _text(text).replace(":", "%3A").replace(",", "%2C")
