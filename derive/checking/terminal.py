"""The report for a terminal, as styled lines: the author's line, a caret under what is wrong, the right form."""

from collections.abc import Iterator

from derive.checking.report import Report, Summary

_SIGNS = {"proved": "✓", "definition": ":", "refuted": "✗", "undecided": "?", "not-understood": "…"}


def report_lines(report: Report) -> Iterator[tuple[str, str]]:
    """(style, line) of every equality that is not right, and one line of counts."""
    for one in report.checked:
        if one.verdict in ("proved", "definition"):
            continue
        yield one.verdict, f"{one.file}:{one.line}:{one.column} {_SIGNS[one.verdict]} {one.verdict}: {one.text}"
        told = (("read as", one.reading), ("because", one.reason), ("right", one.correct), ("slip", one.slip))
        for label, text in told:
            if text:
                yield "", f"    {label}: {text}"
    yield "", str(Summary.of(report.checked))
