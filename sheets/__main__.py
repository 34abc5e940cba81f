"""The command `sheets`: reading arguments, printing, exit codes, and nothing else.

Modules are imported inside the commands, so that `--help` answers before SymPy is loaded.
"""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

import click

from derive.console import OneLine, progress, say, width
from derive.errors import DeriveError

if TYPE_CHECKING:
    from sheets.auditing import Report


@click.group(cls=OneLine, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="derive-sheets")
def main() -> None:
    """Write the training tables of a small network to Excel, and audit other people's.

    \b
    Examples:
      sheets build
      sheets audit homework.xlsx
    """


@main.command(short_help="Write a workbook of training tables.")
@click.argument("walkthrough", default="kanungo")
@click.option("-o", "--output", metavar="FILE", help="The workbook to write; default: the walkthrough's name.")
@click.option("--rates", metavar="LIST", help="Learning rates, separated by commas: one sheet each.")
@click.option("--epochs", type=int, metavar="N", help="Number of updates; N updates give N + 1 rows.")
@click.option("--force", is_flag=True, help="Write over a file that a person or another program saved.")
def build(walkthrough: str, output: str | None, rates: str | None, epochs: int | None, force: bool) -> None:
    """Write a workbook: one table per learning rate, live formulas with stored values, the loss chart.

    WALKTHROUGH is the name of a built-in one (default: kanungo) or the path of a TOML file.

    \b
    Examples:
      sheets build
      sheets build mazur --rates 0.1,0.5 --epochs 100 -o class.xlsx
      sheets build my-network.toml
    """
    from derive.walkthrough import load_walkthrough, with_changes
    from sheets.announce import announce, verdict_line
    from sheets.workbook import build as write

    chosen = with_changes(load_walkthrough(walkthrough), learning_rates=_rates(rates), updates=epochs)
    target = Path(output if output is not None else f"{chosen.name}.xlsx")
    with progress("Training", len(chosen.learning_rates) * (chosen.updates + 1)) as advance:
        built = write(chosen, target, force=force, advance=advance)
    for line in announce(str(built.path), built.loss, built.rows, built.sheets):
        say("", line)
    for style, line in verdict_line(built.verdicts):
        say(style, line)


def _rates(text: str | None) -> list[Decimal] | None:
    """The rates of `--rates`, None where the option is not given."""
    if text is None:
        return None
    rates = []
    for piece in text.split(","):
        try:
            rates.append(Decimal(piece.strip()))
        except InvalidOperation:
            raise DeriveError("--rates", f'"{piece}" is no number', "write them as 0.1,0.5") from None
    return rates


_FEW = 3
_WIDEST = 120


@main.command(name="audit", short_help="Audit workbooks that somebody made.")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--json", "json_wanted", is_flag=True, help="One JSON list instead of the report.")
@click.option("--html", metavar="FILE", help="Write the report as one self-contained page, too.")
@click.option("--force", is_flag=True, help="Write the page over a file that is not an earlier page.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Processes; default: one for each core.")
@click.option("--network", default="kanungo", metavar="WALKTHROUGH", show_default=True,
              help="The walkthrough against which each workbook's own network is held.")
@click.option("--details/--no-details", default=None, help="Every finding; default: for up to 3 files.")
def audit_command(paths: tuple[str, ...], json_wanted: bool, html: str | None, jobs: int | None, network: str,
                  details: bool | None, force: bool) -> int:
    """Audit workbooks in which somebody trained a small network: formulas, updates, fills, texts.

    PATH is a workbook or a folder of them. The exit code is 0 where everything is right (fragile alone is right), 1
    where something is wrong, incomplete, undecided, or one file of several cannot be read, 2 where none can.

    \b
    Examples:
      sheets audit homework.xlsx
      sheets audit class/ --html class.html
    """
    from sheets.auditing import passed_over, workbooks
    from sheets.report import detail_lines, summary_lines, worst_first

    if html is not None:
        from sheets.page import refuse_other_files

        refuse_other_files(Path(html))
    files = workbooks(paths)
    if not files:
        raise DeriveError(", ".join(paths), "no workbook is there")
    load = _walkthrough(network)
    reports = _audited(files, jobs, load)
    if html is not None:
        from sheets.page import write_page

        write_page(Path(html), reports, force=force)
    if json_wanted:
        import json

        from sheets.report import as_json

        click.echo(json.dumps([as_json(report) for report in reports], ensure_ascii=False, indent=1))
    else:
        columns = width()
        columns = None if columns is None else min(columns, _WIDEST)
        if details if details is not None else len(reports) <= _FEW:
            for report in reversed(worst_first(reports)):
                for style, line in detail_lines(report, columns):
                    say(style, line)
                click.echo()
        for style, line in summary_lines(reports, columns, passed_over(paths)):
            say(style, line)
    if all(report.verdict == "unreadable" for report in reports):
        return 2
    return int(any(report.verdict != "right" for report in reports))


def _walkthrough(name: str) -> str:
    """The walkthrough's name, once it is known to load."""
    from derive.walkthrough import load_walkthrough

    load_walkthrough(name)
    return name


def _audited(files: Sequence[str], jobs: int | None, network: str) -> "list[Report]":
    """The reports of files, on several processes where there are several files."""
    from concurrent.futures import ProcessPoolExecutor

    from sheets.auditing import audit_many

    jobs = min(jobs or os.cpu_count() or 1, len(files))
    with ExitStack() as stack:
        executor = stack.enter_context(ProcessPoolExecutor(jobs)) if jobs > 1 else None
        reports = audit_many(files, executor, network)
        done = []
        try:
            with progress("Auditing", len(files)) as advance:
                for report in reports:
                    done.append(report)
                    advance(1)
        except BaseException:
            if executor is not None:
                executor.shutdown(cancel_futures=True)
            raise
        return done


if __name__ == "__main__":
    main()
