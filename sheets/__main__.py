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
      sheets exercise --roster class.csv -o week3
      sheets grade hand-ins.zip --key week3 -o marks.csv
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
    from sheets.building.announce import announce, verdict_line
    from sheets.building.workbook import build as write

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


def _class_folder(output: str | None, solution: str | None) -> Path:
    """The folder of a class's exercises; DeriveError where there is none, or solutions are to go elsewhere."""
    if solution is not None:
        raise DeriveError("--solution", "a class's go into the folder of -o", "leave it out")
    if output is None or Path(output).suffix.lower() == ".xlsx":
        told = "a class's exercises go into a folder"
        raise DeriveError("--roster" if output is None else output, told, "give one with -o")
    return Path(output)


_FEW = 3
_WIDEST = 120


@main.command(name="audit", short_help="Audit workbooks that somebody made.")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--json", "json_wanted", is_flag=True, help="One JSON list instead of the report.")
@click.option("--html", metavar="FILE", help="Write the report as one self-contained page, too.")
@click.option("--csv", "table", metavar="FILE", help="Write every finding as a line of a CSV file, too.")
@click.option("--mark", metavar="FOLDER", help="Write a marked copy of every workbook, too: coloured and commented.")
@click.option("--force", is_flag=True, help="Write the page over a file that is not an earlier page.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Processes; default: one for each core.")
@click.option("--network", default="kanungo", metavar="WALKTHROUGH", show_default=True,
              help="The walkthrough against which each workbook's own network is held.")
@click.option("--details/--no-details", default=None, help="Every finding; default: for up to 3 files.")
def audit_command(paths: tuple[str, ...], json_wanted: bool, html: str | None, table: str | None, mark: str | None,
                  jobs: int | None, network: str, details: bool | None, force: bool) -> int:
    """Audit workbooks in which somebody trained a small network: formulas, updates, fills, texts.

    PATH is a workbook or a folder of them. The exit code is 0 where everything is right (fragile alone is right), 1
    where something is wrong, incomplete, undecided, or one file of several cannot be read, 2 where none can.

    \b
    Examples:
      sheets audit homework.xlsx
      sheets audit class/ --html class.html
      sheets audit class/ --mark marked --csv findings.csv
    """
    from derive.delivery import refuse_name
    from sheets.auditing import passed_over, workbooks

    if html is not None:
        from sheets.page import refuse_other_files

        refuse_other_files(Path(html))
    if table is not None:
        refuse_name(Path(table), "end it in .csv")
    files = workbooks(paths)
    if not files:
        raise DeriveError(", ".join(paths), "no workbook is there")
    load = _walkthrough(network)
    reports = _audited(files, jobs, load)
    if html is not None:
        from sheets.page import write_page

        write_page(Path(html), reports, force=force)
    if table is not None:
        from sheets.findings_csv import write_findings

        write_findings(Path(table), reports, force=force)
    if mark is not None:
        from sheets.marking import mark_reports

        mark_reports(Path(mark), reports)
    if json_wanted:
        import json

        from sheets.report import as_json

        click.echo(json.dumps([as_json(report) for report in reports], ensure_ascii=False, indent=1))
    else:
        _say_reports(reports, passed_over(paths), len(reports) <= _FEW if details is None else details)
    if all(report.verdict == "unreadable" for report in reports):
        return 2
    return int(any(report.verdict != "right" for report in reports))


def _say_reports(reports: "list[Report]", passed_over: Sequence[str], with_details: bool) -> None:
    """What an audit found, the worst file last, then a line for each."""
    from sheets.report import detail_lines, summary_lines, worst_first

    columns = width()
    columns = None if columns is None else min(columns, _WIDEST)
    for report in reversed(worst_first(reports)) if with_details else ():
        for style, line in detail_lines(report, columns):
            say(style, line)
        click.echo()
    for style, line in summary_lines(reports, columns, passed_over, with_details=with_details):
        say(style, line)


@main.command(short_help="Write exercises that check themselves.")
@click.argument("walkthrough", default="kanungo")
@click.option("-o", "--output", metavar="FILE|FOLDER", help="The exercise to write; with --roster the class's folder.")
@click.option("--blank", default="gradients", metavar="WHAT", show_default=True,
              help="What is left empty: gradients, updates, forward, all, or columns with commas: dE/dw3,w3,h1.")
@click.option("--rows", type=int, default=5, metavar="N", show_default=True, help="Rows of the table.")
@click.option("--seed", type=int, metavar="N",
              help="Draw the start values; without it they are the walkthrough's, with --roster drawn by seed 0.")
@click.option("--roster", metavar="NAMES.csv", help="One exercise for each student, each with numbers of its own.")
@click.option("--solution", metavar="FILE", help="Write the solution, too.")
@click.option("--force", is_flag=True, help="Write over files that a person or another program saved.")
def exercise(walkthrough: str, output: str | None, blank: str, rows: int, seed: int | None, roster: str | None,
             solution: str | None, force: bool) -> None:
    """Write a worksheet with empty columns that marks them right or wrong while a student fills them.

    WALKTHROUGH is the name of a built-in one (default: kanungo) or the path of a TOML file. With --roster, any CSV
    with a header, the folder gets students/, solutions/ and key.json, by which `sheets grade` knows the class.

    \b
    Examples:
      sheets exercise -o exercise.xlsx --solution solution.xlsx
      sheets exercise mazur --blank all --rows 8 --seed 3 -o exercise.xlsx
      sheets exercise --roster class.csv --seed 7 -o week3
    """
    from derive.walkthrough import load_walkthrough
    from sheets.exercise import blanks_of, hand_out, prepare, write_exercise

    folder = None if roster is None else _class_folder(output, solution)
    loaded = load_walkthrough(walkthrough)
    maker = prepare(loaded, blanks_of(blank, loaded.network), rows)
    if maker.hidden:
        say("quiet", f"{len(maker.hidden)} mistakes hardly show at any numbers, so no mark tells them: "
                     f"{maker.hidden[0].told}")
    if roster is not None and folder is not None:
        from sheets.roster import read_roster

        names = read_roster(Path(roster))
        with progress("Writing", 2 * len(names.students)) as advance:
            count = hand_out(maker, walkthrough, names, folder, seed=seed or 0, force=force, advance=advance)
        say("", f"{output}: {count} exercises in students/, solutions in solutions/, key.json")
        if seed is None:
            say("quiet", "Drawn with seed 0: the same again the next time, others with --seed.")
        return
    made = maker.make(seed)
    target = Path(output if output is not None else f"{loaded.name}-exercise.xlsx")
    if solution is not None and Path(solution).resolve() == target.resolve():
        raise DeriveError("--solution", "would be written over the exercise", "another name")
    write_exercise(made, target, force=force)
    told = f"seed {seed or 0}" if made.drawn else "the walkthrough's own numbers"
    say("", f"{target}: {len(made.blanks)} empty columns of {made.rows} rows, {told}")
    if made.drawn and seed is None:
        say("quiet", "At the walkthrough's own numbers a mistake would not show, so others were drawn.")
    if solution is not None:
        write_exercise(made, Path(solution), solved=True, force=force)
        say("", f"{solution}: its solution")


@main.command(short_help="Grade the hand-ins of a class.")
@click.argument("hand_ins", metavar="FOLDER|ZIP", required=False)
@click.option("-o", "--output", metavar="FILE", default="marks.csv", show_default=True, help="The marks, as CSV.")
@click.option("--key", metavar="KEY", default="kanungo", show_default=True,
              help="The folder that sheets exercise --roster wrote, an exercise, or a walkthrough.")
@click.option("--marks", metavar="RUBRIC.toml", help="Points by a rubric of your own.")
@click.option("--show-rubric", is_flag=True, help="Print the default rubric, to be changed, and stop.")
@click.option("--feedback", metavar="FOLDER", help="A marked copy of every workbook, and index.html, the class's page.")
@click.option("--roster", metavar="NAMES.csv", help="The students, where the key does not know them.")
@click.option("--gradebook", metavar="FILE", help="The roster with the points filled in, for Moodle or Canvas.")
@click.option("--assignment", default="", metavar="TITLE", help="The column of the gradebook that gets the points.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Processes; default: one for each core.")
@click.option("--force", is_flag=True, help="Write over files that are no earlier output of this command.")
def grade(hand_ins: str | None, output: str, key: str, marks: str | None, show_rubric: bool, feedback: str | None,
          roster: str | None, gradebook: str | None, assignment: str, jobs: int | None, force: bool) -> int:
    """Grade every workbook and text of a class: points for each item, the slip in words, what a person should look at.

    FOLDER or ZIP is what a learning platform gives for a bulk download, or any folder. The exit code is 0 where
    everything handed in is right, 1 where something is not, 2 where nothing could be graded.

    \b
    Examples:
      sheets grade hand-ins.zip --key week3 --feedback feedback -o marks.csv
      sheets grade hand-ins/ --key mazur --marks rubric.toml
      sheets grade --show-rubric > rubric.toml
    """
    from sheets.grading.rubric import default_rubric

    if show_rubric:
        click.echo(default_rubric(), nl=False)
        return 0
    if hand_ins is None:
        raise click.UsageError("name the folder or the zip with the hand-ins")
    from sheets.grading.course import Course, grade_class, refuse_outputs, write_class

    course = Course.of(key, marks, roster, feedback)
    refuse_outputs(course, Path(output), gradebook)
    own = [Path(file) for file in (output, key, marks, roster, gradebook) if file is not None]
    outcome = grade_class(hand_ins, course, jobs, progress, own)
    written = write_class(outcome, Path(output), gradebook, assignment, force)
    for style, line in outcome.lines():
        say(style, line)
    say("", f"wrote {', '.join(written)}")
    return outcome.exit_code


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
