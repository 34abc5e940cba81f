"""Audits many workbooks, on any executor: a process pool here, Dask or Ray through theirs."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

from derive.errors import DeriveError
from derive.workers import each
from sheets.auditing.auditing import DEFAULT, audit
from sheets.auditing.findings import Report
from sheets.auditing.package import NOT_READ

_WORKBOOKS = frozenset({".xlsx", ".xlsm", *NOT_READ})


def audit_many(
    paths: Iterable[str | Path], executor: Executor | None = None, network: str = DEFAULT
) -> Iterator[Report]:
    """The audit of every workbook, in the order of the paths, as they come; reports are picklable.

    A folder stands for the workbooks in it and below. Any `concurrent.futures.Executor` does; without one, one after
    another. A few wait on it at a time, so memory does not grow with their number. A file whose process is ended from
    outside, for want of memory, is a report that says so. DeriveError where no path exists; one of several that does
    not is a report that says so.

    >>> from concurrent.futures import ThreadPoolExecutor
    >>> import sheets
    >>> made = sheets.build("parmelee", "one.xlsx")
    >>> with ThreadPoolExecutor(2) as executor:
    ...     [(report.file, report.verdict) for report in audit_many(["one.xlsx", "not-there.xlsx"], executor)]
    [('one.xlsx', 'right'), ('not-there.xlsx', 'unreadable')]
    """
    files = workbooks(paths)
    return each(partial(audit, network=network), files, executor, _lost)


def _lost(file: str, told: str) -> Report:
    return Report(file, "unreadable", told)


def passed_over(paths: Iterable[str | Path]) -> tuple[str, ...]:
    """The names of the files in folders that are no spreadsheets, hidden ones apart, in order."""
    inside = (file for folder in map(Path, paths) if folder.is_dir() for file in folder.rglob("*") if file.is_file())
    return tuple(sorted({file.name for file in inside
                         if file.suffix.lower() not in _WORKBOOKS and not file.name.startswith(".")}))


def workbooks(paths: Iterable[str | Path]) -> tuple[str, ...]:
    """The files to audit: those given, and in place of a folder what it holds of spreadsheets, in order of name."""
    found: dict[str, None] = {}
    given_paths = [Path(path) for path in paths]
    if given_paths and not any(path.exists() for path in given_paths):
        raise DeriveError(", ".join(map(str, given_paths)), "there is no such file")
    for given in given_paths:
        inside = sorted(given.rglob("*")) if given.is_dir() else [given]
        for file in inside:
            if file == given or (file.is_file() and file.suffix.lower() in _WORKBOOKS):
                found.setdefault(str(file))
    return tuple(found)
