"""The audit of workbooks as one self-contained HTML page: a row for each file, its findings below."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path

from derive.delivery import write_text
from derive.errors import DeriveError
from derive.formats.html import typeset_claim, typeset_correct
from sheets.auditing.findings import SEVERITIES, Finding, Report, TableReport, TrainingReport
from sheets.report import ORDER, SIGNS, worst_first

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --wrong: #c62828; --undecided: #b26a00; --fragile: #00708a;
  --right: #2e7d32; --text: #7b1fa2; }
@media (prefers-color-scheme: dark) { :root { --wrong: #ff8a80; --undecided: #ffcc66; --fragile: #7fdbef;
  --right: #8bd490; --text: #d6a4ee; } }
body { font: 16px/1.45 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .2rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .3rem; }
h3 { font-size: 1rem; margin: 1rem 0 .2rem; font-weight: 600; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; vertical-align: top;
  padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line); }
td.verdict { white-space: nowrap; font-weight: 600; } td.file { min-width: 12rem; overflow-wrap: break-word; }
.wrong { color: var(--wrong); } .incomplete, .unreadable, .undecided { color: var(--undecided); }
.right { color: var(--right); } .fragile { color: var(--fragile); } .text { color: var(--text); }
code { font: .88em/1.4 ui-monospace, monospace; overflow-wrap: anywhere; white-space: pre-wrap; }
.finding { margin: .5rem 0; padding-left: .8rem; border-left: 3px solid currentColor; }
.finding > * { color: CanvasText; } .finding > b:first-child { color: inherit; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .8rem; margin: .2rem 0 0; }
dt { opacity: .7; } dd { margin: 0; } .quiet { opacity: .7; } a { color: inherit; }
@media (max-width: 40rem) { td.reason { display: none; } }
@media print { body { max-width: none; } h2 { break-after: avoid; } .finding { break-inside: avoid; } }
"""


def write_page(path: Path, reports: Sequence[Report], *, force: bool = False) -> None:
    """Write the page of an audit; DeriveError where the place cannot be written, or holds somebody's own work."""
    write_text(path, page(reports), force=force)


def refuse_other_files(path: Path) -> None:
    """DeriveError for a page that would not be a page by its name, before somebody's workbook is written over."""
    if path.suffix.lower() not in (".html", ".htm"):
        raise DeriveError("--html", f"{path} is no name of a page", "end it in .html")


def page(reports: Sequence[Report]) -> str:
    """The page of an audit, with its style within; it loads nothing and runs nothing."""
    ordered = worst_first(reports)
    counts = [(verdict, sum(report.verdict == verdict for report in reports)) for verdict in ORDER]
    told = ", ".join(f'<span class="{verdict}">{count} {verdict}</span>' for verdict, count in counts if count)
    return "".join((
        '<!DOCTYPE html>\n<!-- sheets audit -->\n<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Audit of {len(reports)} workbooks</title><style>{_STYLE}</style></head><body><main>",
        f"<h1>Audit of {len(reports)} workbook{'s' if len(reports) != 1 else ''}</h1><p>{told}</p>",
        "<table><thead><tr><th>Verdict</th><th>File</th><th>Why</th></tr></thead><tbody>",
        *(_row(place, report) for place, report in enumerate(ordered)),
        "</tbody></table>",
        *(_section(place, report) for place, report in enumerate(ordered) if _has_details(report)),
        "</main></body></html>\n",
    ))  # fmt: skip


def _has_details(report: Report) -> bool:
    return bool(report.tables or report.trainings or report.all_findings)


def _row(place: int, report: Report) -> str:
    name = escape(Path(report.file).name)
    linked = f'<a href="#f{place}">{name}</a>' if _has_details(report) else name
    return (
        f'<tr><td class="verdict {report.verdict}">{SIGNS[report.verdict]} {report.verdict}</td>'
        f'<td class="file">{linked}</td><td class="reason">{escape(report.reason)}</td></tr>'
    )


def _section(place: int, report: Report) -> str:
    return "".join((
        f'<section><h2 id="f{place}"><span class="{report.verdict}">{SIGNS[report.verdict]}</span> ',
        f"{escape(report.file)}</h2>",
        *_tables(report.tables),
        *_trainings(report.trainings),
        *map(_finding, report.findings),
        *_texts(report),
        "</section>",
    ))  # fmt: skip


def _tables(tables: Iterable[TableReport]) -> Iterator[str]:
    """Each table with its findings; what was found just so in an earlier one is not repeated."""
    told: dict[tuple[tuple[str, str, str], ...], str] = {}
    for table in tables:
        rate = "" if table.rate is None else f", learning rate {table.rate:.15g}"
        rate += f" in <code>{escape(table.rate_cell)}</code>" if table.rate_cell else ""
        yield f"<h3>{escape(table.place)}{rate}</h3>"
        for note in table.notes:
            yield f'<p class="quiet">{escape(note)}</p>'
        same = tuple((f.quantity, f.slip, f.severity) for f in table.findings)
        if not same:
            yield '<p class="right">Nothing is wrong here.</p>'
        elif same in told:
            yield f'<p class="quiet">The same as in {escape(told[same])}.</p>'
        else:
            told[same] = table.sheet
            yield from map(_finding, sorted(table.findings, key=lambda f: SEVERITIES.index(f.severity)))


def _trainings(trainings: Iterable[TrainingReport]) -> Iterator[str]:
    """Each training in another layout than rows, with its findings."""
    for training in trainings:
        rate = "" if training.rate is None else f", learning rate {training.rate:.15g}"
        way = f", {training.method} along {training.loss}" if training.method else ""
        yield f"<h3>{escape(training.place + way + rate)}</h3>"
        for note in training.notes:
            yield f'<p class="quiet">{escape(note)}</p>'
        yield from map(_finding, sorted(training.findings, key=lambda f: SEVERITIES.index(f.severity)))
        if not training.findings:
            yield '<p class="right">Nothing is wrong here.</p>'


def _finding(finding: Finding) -> str:
    pairs = (("stands", finding.formula), ("belongs", finding.expected))
    shown = "".join(f"<dt>{label}</dt><dd><code>{escape(text)}</code></dd>" for label, text in pairs if text)
    where = f"{finding.sheet}!{finding.cells}" if finding.sheet else finding.cells
    if finding.follows:
        shown += f"<dt>follows from it</dt><dd>{escape(', '.join(finding.follows))}</dd>"
    return (
        f'<div class="finding {finding.severity}"><b>{finding.severity}</b> <b>{escape(finding.quantity)}</b>'
        f"<span> in </span><code>{escape(where)}</code><span>: {escape(finding.slip)}</span>"
        f"<dl>{shown}</dl></div>"
    )


def _texts(report: Report) -> Iterator[str]:
    slips = [text for text in report.texts if text.checked.verdict == "refuted"]
    if slips:
        yield "<h3>Text beside the tables</h3>"
    for text in slips:
        right = text.checked.correct
        belongs = f"<dt>belongs</dt><dd>{typeset_correct(text.checked)}</dd>" if right else ""
        slip = f"<span>: {escape(text.checked.slip)}</span>" if text.checked.slip else ""
        yield (
            f'<div class="finding text"><b>text</b><span> in </span><code>{escape(text.where)}</code>{slip}<dl>'
            f"<dt>stands</dt>"
            f"<dd>{typeset_claim(text.checked)}</dd>{belongs}</dl></div>"
        )
