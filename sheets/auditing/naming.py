"""Mends headers: two columns of one name, where the formulas say which of them holds what."""

from collections.abc import Iterator, Sequence
from itertools import permutations

from msgspec.structs import replace

from derive.names import symbol
from derive.network import Network
from sheets.auditing.body import body_of
from sheets.auditing.book import Book
from sheets.auditing.choosing import deviating
from sheets.auditing.findings import Finding
from sheets.auditing.proving import Subject
from sheets.auditing.recovery import read_meanings, restricted
from sheets.auditing.steps import Step, read_steps
from sheets.auditing.tables import Column, Table

_MOST_MISSING = 3


def mended(book: Book, table: Table, references: Sequence[Network]) -> tuple[Table, tuple[Finding, ...]]:
    """The table with the names under which its formulas agree with a network; a finding for every header changed."""
    for network in references:
        leaves = {*network.inputs, *network.targets}
        missing = sorted(leaves - set(table.by_name))
        doubled = _doubled(table)
        if not missing or len(missing) > _MOST_MISSING or len(doubled) < len(missing):
            continue
        tried = [(_deviations(book, renamed, network), place, renamed)
                 for place, renamed in enumerate(_renamings(table, doubled, missing))]
        least, _, best = min(tried, key=lambda entry: entry[:2], default=(len(network.nodes), 0, table))
        if least < len(network.nodes):
            return best, tuple(_changed(table, best))
    return table, ()


def _doubled(table: Table) -> list[Column]:
    """The columns whose header stands more than once."""
    again = {column.name.partition("#")[0] for column in table.columns if "#" in column.name}
    return [column for column in table.columns if column.name.partition("#")[0] in again and column.label]


def _renamings(table: Table, doubled: Sequence[Column], missing: Sequence[str]) -> Iterator[Table]:
    """Every way to give the columns of one name that name and the missing ones."""
    names = [*dict.fromkeys(column.name.partition("#")[0] for column in doubled), *missing]
    for given in permutations(names, len(doubled)) if len(names) >= len(doubled) else ():
        new = {column.number: name for column, name in zip(doubled, given, strict=True)}
        yield replace(table, columns=tuple(
            replace(column, name=new.get(column.number, column.name)) for column in table.columns))


def _deviations(book: Book, table: Table, network: Network) -> int:
    """How many nodes deviate under a naming; all of them where the network does not fit."""
    known = restricted(network, frozenset(table.by_name))
    if known is None:
        return len(network.nodes)
    body = body_of(book, table)
    return len(list(deviating(Subject(body, read_meanings(body), known))))


def _changed(before: Table, after: Table) -> Iterator[Finding]:
    for old, new in zip(before.columns, after.columns, strict=True):
        if old.name.partition("#")[0] != new.name:
            yield Finding("label", new.name, f"{new.letters}{before.header_row}", old.label, new.name,
                          f"the column is headed {old.label}, but the formulas use it as {new.name}", "fragile")


def uncrossed(subject: Subject) -> tuple[Table, tuple[Finding, ...]]:
    """The table with gradient columns called by what they hold, where headers are swapped and the updates know it."""
    holds = {name: content for name in subject.partials if (content := _content(subject, name)) not in (None, name)}
    if not holds or set(holds) != set(holds.values()):
        return subject.body.table, ()
    steps = read_steps(subject)
    for name, content in holds.items():
        parameter = subject.body.table.by_name[str(content)].by
        own = [step for step in steps if step.parameter == parameter]
        if not own or not all(_steps_with(subject, step, name) for step in own):
            return subject.body.table, ()
    columns = subject.body.table.by_name
    renamed = replace(subject.body.table, columns=tuple(
        replace(column, name=str(holds[column.name]), by=columns[str(holds[column.name])].by)
        if column.name in holds else column for column in subject.body.table.columns))
    return renamed, tuple(_changed(subject.body.table, renamed))


def _content(subject: Subject, name: str) -> str | None:
    """The derivative that a column holds in all its rows, None where it holds none of them."""
    claims = list(subject.claims(name))
    if len(claims) != 1:
        return None
    said = claims[0].expression
    own_first = sorted(subject.partials.items(), key=lambda partial: partial[0] != name)
    return next((other for other, right in own_first if subject.agree(said, right)), None)


def _steps_with(subject: Subject, step: Step, gradient: str) -> bool:
    """Whether an update is right but for the header of the gradient that it reads."""
    return any(
        subject.agree(step.seen, symbol(step.parameter) - rate * symbol(gradient))
        for rate in sorted(step.seen.free_symbols, key=str) if rate.name not in (step.parameter, gradient)
    )
