"""The documents of files and folders, checked."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

from derive.checking.examination import examine
from derive.checking.lenders import HasNetwork, lenders
from derive.checking.report import Examined, Report
from derive.documents.files import KINDS, documents_in, read_document, unreadable
from derive.errors import DeriveError
from derive.network import Network
from derive.workers import each

_OURS = "<!-- derive check -->"
"""The sign of a page that an earlier check wrote."""


def check_files(
    paths: Iterable[str],
    walkthrough: "Network | HasNetwork | str | None" = None,
    *,
    certify: bool = False,
    executor: Executor | None = None,
) -> Report:
    """The equalities of files, `-` for standard input, and the faults of those that cannot be read or hold none.

    With `certify` each document has the certificates of its verdicts, too. An executor is as for `check_many`. A folder
    stands for the documents in it; one of these without an equality is no fault.
    """
    examined: list[Examined] = []
    faults: list[str] = []
    files = _files(paths, faults)
    act = partial(_examined, walkthrough=walkthrough, certify=certify)
    for one in each(act, files, executor, _lost):
        if one.fault:
            faults.append(one.fault)
        elif one.checked:
            examined.append(one)
    if not examined and not faults:
        faults.append("no equalities found in any document")
    return Report(tuple(examined), tuple(faults))


def check_many(paths: Iterable[str], executor: Executor | None = None, network: str = "") -> Iterator[Examined]:
    """The verdicts on every document, in the order of the paths, as they come; they are picklable.

    A folder stands for the documents in it. Any `concurrent.futures.Executor` does; without one, one after another.
    `network` names the walkthrough that lends. What cannot be read, or is lost on the way, has a `fault`.

    >>> [one.fault for one in check_many(["nowhere.md"])]
    ['nowhere.md: cannot be read: no such file or directory']
    """
    faults: list[str] = []
    act = partial(_examined, walkthrough=network or None, certify=False)
    yield from each(act, _files(paths, faults), executor, _lost)
    yield from (Examined("", (), fault=fault) for fault in faults)


def _lost(file: tuple[str, bool], told: str) -> Examined:
    return Examined(file[0], (), fault=f"{file[0]}: {told}")


def _examined(file: tuple[str, bool], walkthrough: "Network | HasNetwork | str | None", certify: bool) -> Examined:
    """One file, which may have been found in a folder: without an equality it is then no fault."""
    path, is_named = file
    try:
        source, layout = read_document(path)
        if not is_named and _OURS in source[:100]:
            return Examined(path, ())  # a page that an earlier check wrote
        found = examine(source, layout, lenders(walkthrough), path, certify=certify)
        wrong = unreadable(source, path) if not found.checked else ""
        if wrong:
            raise DeriveError(path, wrong, "save it again")
        if not found.checked and is_named:
            raise DeriveError(path, "no equalities found", "each has a sign of equality, as in dE/dw5 = …")
    except DeriveError as error:
        told = str(error)
        return Examined(path, (), fault=told if told.startswith((path, "standard input")) else f"{path}: {told}")
    return found


def _files(paths: Iterable[str], faults: list[str]) -> Iterator[tuple[str, bool]]:
    """Each file once, and whether it was named itself rather than found in a folder."""
    seen: set[str] = set()
    for path in paths:
        is_folder = path != "-" and Path(path).is_dir()
        found = documents_in(path) if is_folder else (path,)
        if not found:
            faults.append(f"{path}: no documents in this folder — their names end in {', '.join(KINDS)}")
        for one in found:
            if one not in seen:
                seen.add(one)
                yield one, not is_folder
