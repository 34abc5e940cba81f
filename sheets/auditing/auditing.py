"""The audit of one workbook, top to bottom: open, find tables, recover the network, judge, report."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from derive.checking.lenders import Lender
from derive.defects import reported
from derive.errors import DeriveError, required
from derive.names import is_name
from derive.network import Network
from derive.walkthrough import load_walkthrough
from sheets.auditing.body import Body, body_of, outside
from sheets.auditing.book import Book, Sheet
from sheets.auditing.choosing import OTHER_NETWORK, Choice, choose_network
from sheets.auditing.columns import judge_columns
from sheets.auditing.computing import with_values
from sheets.auditing.errors import judge_errors
from sheets.auditing.filling import judge_filling
from sheets.auditing.findings import SEVERITIES, Finding, Report, TableReport, TrainingReport, Verdict, cells_of, merged
from sheets.auditing.labels import PARAMETERS
from sheets.auditing.naming import mended, uncrossed
from sheets.auditing.package import open_book
from sheets.auditing.pasted import NO_FORMULAS, notes_of_pasted
from sheets.auditing.proving import Subject
from sheets.auditing.recovery import Meanings, parameters, read_meanings
from sheets.auditing.steps import Step, rate_of, read_steps
from sheets.auditing.tables import Table, find_tables, learning_rate_beside
from sheets.auditing.texts import check_texts
from sheets.auditing.training.judgement import PLAIN
from sheets.auditing.training.remainder import idle_rates
from sheets.auditing.training.trainings import Trainings, audit_trainings
from sheets.auditing.turning import sideways, turned_back
from sheets.auditing.updates import is_unexplained, judge_updates, rate_text
from sheets.auditing.values import judge_given, judge_values
from sheets.auditing.worked import check_worked
from sheets.formulas.arithmetic import SampleSum
from sheets.references import Cell, Pattern

DEFAULT = "kanungo"
_MOST_REASONS = 3
_MOST_LISTED = 4
_MOST_HEADERS = 8
_NOT_READ = "headers whose meaning is not known: "
_NOTHING = "nothing stands below "


def audit(path: str | Path, network: str = DEFAULT) -> Report:
    """The audit of a workbook, held against a walkthrough; a file that cannot be read is a report that says why.

    >>> audit("not-there.xlsx").verdict
    'unreadable'
    """
    required("path", path, (str, Path), "the path of a workbook")
    try:
        book = open_book(Path(path))
    except DeriveError as error:
        told = f"{error.found} — {error.right}" if error.right else error.found
        return Report(str(path), "unreadable", told)
    known = (_network(network),)
    try:
        return audit_book(book, known)
    except Exception as error:  # one file must not keep a class of others from being audited
        return Report(str(path), "unreadable", reported(error, "of the file"))


@cache
def _network(name: str) -> Network:
    return load_walkthrough(name).network


def audit_book(book: Book, references: Sequence[Network]) -> Report:
    """The audit of an opened workbook; its texts are judged apart from its cells."""
    report, known = _audit_cells(book, references)
    if report.trainings and not report.tables:
        return report  # no network here has names that a text could use
    one_of_ours = (about for about in known if about.network in references)
    about = next(one_of_ours, None) or next(iter(known), Lender("", references[0], is_asked=True))
    if about.network in references or _can_be_named(about.network):
        return replace(report, texts=check_texts(book, about))
    return report


def _can_be_named(network: Network) -> bool:
    """Whether a recovered network has names that a text can use, and no sums over samples."""
    return all(map(is_name, network.names)) and not any(e.has(SampleSum) for e in network.definitions.values())


def audit_cells(book: Book, references: Sequence[Network]) -> Report:
    """The audit of an opened workbook but for its texts, which change no verdict."""
    return _audit_cells(book, references)[0]


def _audit_cells(book: Book, references: Sequence[Network]) -> tuple[Report, tuple[Lender, ...]]:
    """The audit, and the networks that the tables are about."""
    found = find_tables(book)
    audited = []
    own = set()
    for home, table in (*((book, table) for table in found), *sideways(book, found)):
        report, about = _audit_table(home, table, references)
        audited.append((report if home is book else turned_back(report), about))
        if about is not None and about.network not in references and _is_partly_read(home, table):
            own.add(table.sheet)
    tables = tuple(table for table, _ in audited)
    known_sheets = {table.sheet for table, about in audited if about is not None}
    doubted = own | {table.sheet for table in tables if any(map(is_unexplained, table.findings))}
    found_besides = _trainings(book, known_sheets - doubted)
    better = _known_better(found_besides, own, tables)
    if doubted and not doubted <= better:
        doubted &= own & better
        found_besides = _trainings(book, known_sheets - doubted)
    trainings = found_besides.reports
    told_of = {sheet for training in trainings for sheet in training.sheets}
    tables = tuple(table for table in tables if table.sheet not in doubted
                   and (table.complete or table.sheet not in told_of))
    worked = found_besides.findings
    if any(table.complete for table in _both(tables, trainings)):
        worked += tuple(idle_rates(book, {table.sheet for table in tables} | told_of))
    else:
        by_sheet = {table.sheet: table for table in found}
        worked += tuple(one for table in by_sheet.values() for one in check_worked(book, table, references[0]))
    verdict, reason = _verdict(tables, trainings, worked, found_besides.seen)
    known = tuple(about for _, about in audited if about is not None)
    return Report(book.path, verdict, reason, tables, worked, (), trainings), known


def _trainings(book: Book, known: Collection[str]) -> Trainings:
    """The trainings in other layouts, on sheets without a table whose network is known, where some may train."""
    if any(_may_train(sheet, book.names) for sheet in book.sheets if sheet.name not in known):
        return audit_trainings(book, known)
    return Trainings()


def _is_partly_read(book: Book, table: Table) -> bool:
    """Whether a table computes what its headers do not tell, the slope by a parameter for one."""
    sheet, known = book.by_name[table.sheet], {column.by for column in table.columns}
    return any(column.key.kind in PARAMETERS and column.name not in known for column in table.columns) and any(
        column.label and column.key.kind == "name" and not column.is_partial
        and sheet.is_computed((table.first_row, column.number))
        for column in table.columns)


def _known_better(trainings: Trainings, own: Collection[str], tables: Iterable[TableReport]) -> set[str]:
    """The sheets whose trainings are right or explained, follow a method that no table knows, or are its `own`.

    The graph knows of every cell there what it is for, a table only of those whose headers say so; of two explanations
    that with fewer causes is the likelier one. Where neither finds a step that is right, a cause is more than none.
    """
    tables = tuple(tables)
    blamed = Counter(table.sheet for table in tables for one in table.findings if one.severity == "wrong")
    whole = {table.sheet for table in tables if table.complete}
    return {sheet for one in trainings.reports for sheet in one.sheets
            if (one.complete and sheet in own)
            or ((one.complete or (one.findings and sheet not in whole)) and _is_explained(one, blamed[sheet]))}


def _is_explained(training: TrainingReport, most: int) -> bool:
    """Whether whatever is not right has a cause, and there are at most so many of them where steps are plain ones."""
    causes = [found for found in training.findings if found.severity != "fragile"]
    if training.method != PLAIN:
        return all(found.severity == "wrong" for found in causes)
    return len(causes) <= most and all(found.severity == "wrong" and found.expected for found in causes)


def _may_train(sheet: Sheet, names: Iterable[str]) -> bool:
    """Whether a sheet holds formulas that are more than copies and totals, of cells or of what has a name."""
    patterns = (sheet.pattern(place) for place in sheet.written if sheet.is_computed(place))
    known = (*names, *sheet.names)
    return any(pattern is not None and _combines(pattern, known) for pattern in patterns)


def _combines(pattern: Pattern, names: Iterable[str]) -> bool:
    text = "".join(pattern.literals).lower()
    named = sum(name in text for name in names)
    between = text[1:] if named else "".join(pattern.literals[1:])
    return len(pattern.references) + named > 1 and any(sign in between for sign in "+-*/(")


def _audit_table(
    book: Book, table: Table, references: Sequence[Network]
) -> tuple[TableReport, Lender | None]:
    table, labels = mended(book, table, references)
    body, meanings, choice = _known(book, table, references)
    if choice.subject is not None:
        table, crossed = uncrossed(choice.subject)
        if crossed:
            body, meanings, choice = _known(book, table, references)
            labels += crossed
    findings: list[Finding] = [*labels]
    rate: str | None = None
    steps: tuple[Step, ...] = ()
    if choice.subject is not None:
        steps = read_steps(choice.subject)
        rate = rate_of(choice.subject, steps) or _rate_beside(body)
        findings += _judged(choice.subject, rate, steps)
    else:
        findings += _unknown(body, meanings)
    findings += judge_values(body, meanings)
    wrong = {finding.quantity for finding in findings if finding.severity == "wrong"}
    doubtful = {finding.quantity for finding in findings if finding.severity != "fragile"}
    right = {column.name for column in table.columns} - doubtful if choice.subject is not None else set()
    findings += judge_errors(body, meanings, wrong, right)
    findings += _unread(table)
    known = choice.subject if rate is not None else None
    complete = _is_complete(body, choice.subject, steps)
    notes = (*choice.notes, *(() if choice.subject is None else notes_of_pasted(choice.subject)),
             *_nothing_below(body, {finding.quantity for finding in findings}))
    report = TableReport(
        sheet=table.sheet, header_row=table.header_row, first_row=table.first_row, last_row=table.last_row,
        rate_cell=None if known is None else rate_text(known, str(rate), table.first_row + 1),
        rate=None if known is None else known.value(str(rate), table.first_row),
        columns=tuple((column.name, column.letters) for column in table.columns),
        labels=tuple((column.name, column.label) for column in table.columns if column.label != column.name),
        findings=merged(findings),
        notes=notes if complete else (*notes, *_not_read(table)),
        complete=complete,
    )
    if choice.meant is None:
        return report, None
    return report, Lender("", choice.meant, is_asked=True, ones=() if choice.subject is None else choice.subject.ones)


def _known(book: Book, table: Table, references: Sequence[Network]) -> tuple[Body, Meanings, Choice]:
    body = body_of(book, table)
    meanings = read_meanings(body)
    valued = with_values(body, meanings)
    if valued is not body:  # what stays the same in every row is told by the values
        sheets = tuple(valued.sheet if sheet.name == table.sheet else sheet for sheet in book.sheets)
        body = body_of(replace(book, sheets=sheets), table)
        meanings = read_meanings(body)
    return body, meanings, choose_network(body, meanings, references)


def _unknown(body: Body, meanings: Meanings) -> Iterator[Finding]:
    """What stands in the way of a table whose network is not known."""
    for (name, formula), fault in meanings.faults.items():
        yield Finding("forward", name, cells_of(body.table.by_name[name].number, formula.rows), formula.text, "",
                      f"not checked: {fault.found}", "undecided")


def _judged(subject: Subject, rate: str | None, steps: tuple[Step, ...]) -> Iterator[Finding]:
    yield from judge_columns(subject)
    yield from judge_updates(subject, steps, rate)
    yield from judge_filling(subject, rate)
    if parameters(subject.body):  # else nothing is trained in it, and each row is a sample of its own
        yield from judge_given(subject)


def _not_read(table: Table) -> Iterator[str]:
    """The headers of a table that name no quantity known here."""
    labels = [" ".join(column.label.split()) for column in table.columns
              if column.label and column.key.kind == "name" and not column.is_partial]
    if labels:
        yield f"{_NOT_READ}{_few(labels)}"


def _nothing_below(body: Body, told: Collection[str]) -> Iterator[str]:
    """The headers of known quantities in whose columns nothing stands, those that a finding tells of apart."""
    names = [column.name for column in body.table.columns if (column.is_partial or column.key.kind != "name")
             and not body.filled[column.name].rows_filled and column.name not in told]
    if names:
        yield f"{_NOTHING}{_few(names)}"


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_HEADERS} more" if len(names) > _MOST_HEADERS else ""
    return f"{', '.join(names[:_MOST_HEADERS])}{more}"


def _unread(table: Table) -> Iterator[Finding]:
    """The rows below a table that may be its own, and are not judged."""
    if table.unread:
        yield Finding("fill", "below the table", cells_of(table.columns[-1].number, table.unread), "", "",
                      f"{len(table.unread)} rows are not read: their formulas are not of the form of those above",
                      "undecided")


def _rate_beside(body: Body) -> str | None:
    """The name of the cell that a text beside it calls the learning rate."""
    place = learning_rate_beside(body.sheet, body.table)
    return None if place is None else outside(Cell(body.table.sheet, *place))


def _is_complete(body: Body, subject: Subject | None, steps: tuple[Step, ...]) -> bool:
    """Whether the table trains: a gradient for every parameter, beside or within its update, and two rows at least."""
    if subject is None:
        return False
    has = {column.by for column in body.table.columns if column.is_partial and body.filled[column.name].rows_filled}
    has |= {step.parameter for step in steps if step.rate is not None}
    loss = body.filled.get(subject.network.loss)
    return bool(has) and parameters(body) <= has and loss is not None and loss.rows_filled >= 2


def _both(tables: Sequence[TableReport], trainings: Sequence[TrainingReport]) -> list[TableReport | TrainingReport]:
    return [*tables, *trainings]


def _verdict(tables: Sequence[TableReport], trainings: Sequence[TrainingReport], others: Sequence[Finding],
             seen: Callable[[], str]) -> tuple[Verdict, str]:
    """The verdict over all trainings and what stands outside them, and the reason in one line."""
    found = [*(finding for one in _both(tables, trainings) for finding in one.findings), *others]
    said = {severity: _told(f for f in found if f.severity == severity) for severity in SEVERITIES}
    if said["wrong"]:
        return "wrong", said["wrong"]
    if said["undecided"]:
        return "incomplete", said["undecided"]
    if not tables and not trainings:
        return "incomplete", f"no training was found: {seen() or 'no formulas'}"
    if not any(one.complete for one in _both(tables, trainings)):
        notes = (note for table in tables for note in table.notes)
        unread = dict.fromkeys(note for note in notes if note.startswith((_NOT_READ, _NOTHING)))
        return "incomplete", "; ".join(["no table with all gradients and an update", *unread])
    noted = [note for note in (NO_FORMULAS, OTHER_NETWORK) if any(note in table.notes for table in tables)]
    noted += dict.fromkeys(note for training in trainings for note in training.notes)
    return "right", said["fragile"] or "; ".join(noted)


def _told(findings: Iterable[Finding]) -> str:
    """Findings in one line: quantities that share a slip together, the first three slips."""
    together: dict[str, dict[str, None]] = {}
    for finding in findings:
        together.setdefault(finding.slip, {})[finding.quantity] = None
    reasons = [f"{_listed(list(quantities))}: {slip}" for slip, quantities in together.items()]
    shown = "; ".join(reasons[:_MOST_REASONS])
    return shown if len(reasons) <= _MOST_REASONS else f"{shown}; and {len(reasons) - _MOST_REASONS} more"


def _listed(quantities: Sequence[str]) -> str:
    return ", ".join(quantities) if len(quantities) <= _MOST_LISTED else f"{quantities[0]} … {quantities[-1]}"
