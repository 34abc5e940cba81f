"""Checking what a person derived: a document is judged by what it says itself."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from functools import cache, partial
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import asdict, replace

from derive.checking.diagnosis import Diagnosis
from derive.checking.evidence import Evidence
from derive.checking.hypotheses import Lender
from derive.checking.interpretations import Stated, stated
from derive.checking.report import Checked, Examined, Report, Summary, Understood
from derive.checking.search import Explained, best_interpretation
from derive.checking.wording import Wording
from derive.documents import Layout, Line, Program, read_layout
from derive.documents.files import KINDS, documents_in, read_document
from derive.errors import DeriveError
from derive.formulas.claims import Document, read_claims
from derive.formulas.vocabulary import key
from derive.network import Network
from derive.small_models import weigh_indexed
from derive.workers import each

__all__ = [
    "Checked", "Examined", "Report", "Summary", "Understood", "check", "check_files", "check_many", "check_snippets",
]  # fmt: skip

_LENDERS = ("kanungo", "mazur")
"""The walkthroughs that lend to a document what it uses and leaves undefined, where none is named."""


class HasNetwork(Protocol):
    """A walkthrough, as far as checking needs it."""

    @property
    def name(self) -> str: ...

    @property
    def network(self) -> Network: ...

    @property
    def start(self) -> Any: ...


def check(text: str, walkthrough: "Network | HasNetwork | None" = None, file: str = "") -> tuple[Checked, ...]:
    """Every equality of a derivation with its verdict, in the text's order.

    The document is judged by its own equations; a walkthrough lends only what it uses and leaves undefined. `file`
    stands in each verdict, and its ending tells the kind of document.
    """
    return examine(text, read_layout(text, file), lenders(walkthrough), file).checked


def examine(source: str, layout: Layout, lent: tuple[Lender, ...], file: str, *, certify: bool = False) -> Examined:
    """A document's claims with their verdicts, and how it was understood; where asked for, the certificates."""
    document = read_claims(layout)
    claims = stated(document)
    try:
        arrays = {number: Evidence(**asdict(one)) for number, one in weigh_indexed(document).items()}
    except RecursionError:  # definitions on definitions, a thousand deep, are no arrays
        arrays = {}
    found = best_interpretation(claims, document.vocabulary, lent, _positive(document))
    told = {key(name) for lender in lent if lender.is_asked for name in lender.quantities}
    arrays = {n: one for n, one in arrays.items() if one.kind != "slope" or not _differentiates(claims[n], told)}
    together = {number: _together(one, arrays.get(number)) for number, one in found.evidence.items()}
    best = Explained(found.interpretation, _where_all_is_read(document, together))
    brought = {key(name): name for lender in lent for name in (*lender.network.leaves, *lender.network.definitions)}
    diagnosis = Diagnosis(Wording(document, source, file, brought), best, file)
    checked = diagnosis.checked()
    certificates = tuple(_shown(one, best.evidence[n]) for n, one in enumerate(checked)) if certify else ()
    return Examined(file, checked, diagnosis.understood(), certificates)


def _shown(one: Checked, evidence: Evidence) -> Mapping[str, Any] | None:
    """The certificate of the verdict that is told."""
    from derive.checking.certificates import certificate_of

    return certificate_of(evidence) if one.verdict == evidence.verdict else None


def _differentiates(one: Stated, told: Collection[str]) -> bool:
    """Whether a claim is about a derivative that the walkthrough tells, of a quantity by another: it is not left open
    then.
    """
    tree = one.claim.left.readings[0].tree if one.claim.left.readings else None
    return tree is not None and tree.kind == "partial" and all(key(part.value) in told for part in tree.parts)


def _together(scalar: Evidence, array: Evidence | None) -> Evidence:
    """What is said of a claim that can be read over numbers and over arrays.

    What arrays decide stands, unless the line defines a name of numbers that is no gradient over arrays, or holds over
    these; where arrays leave it open, what numbers prove stands.
    """
    defines = scalar.verdict == "definition" and scalar.kind == "definition"
    if array is None or (defines and array.verdict != "proved" and array.kind != "gradient"):
        return scalar
    if array.verdict in ("proved", "definition"):
        return array
    if scalar.verdict in ("proved", "definition") and array.verdict != "refuted":
        return scalar
    if array.verdict != "refuted" or scalar.verdict != "proved":
        return array
    return Evidence(
        "undecided", f"{array.reason}; over numbers nothing contradicts it", scalar.equation, support=scalar.support
    )


def _where_all_is_read(document: Document, evidence: Mapping[int, Evidence]) -> dict[int, Evidence]:
    """The evidence without contradictions that rest on an old meaning: a name may be defined anew, of arrays otherwise
    than before, or in a line that is not understood.
    """
    unread: set[str] = set()
    defined: set[str] = set()
    """Those that are no derivatives: what follows from ∂C/∂z of a δ is a claim."""
    found = dict(evidence)
    for number, claim in enumerate(document.claims):
        one = found[number]
        trees = [member.readings[0].tree for member in (claim.left, claim.right) if member.readings]
        names = {node.value for tree in trees for node in tree.walk() if node.kind in ("name", "call")}
        if one.verdict == "refuted" and names & unread:
            told = f"what {', '.join(sorted(names & unread))} is, is said in a line that is not read"
            found[number] = replace(one, verdict="undecided", reason=told)
        if claim.step == 0 and trees and trees[0].kind in ("name", "call"):
            name = trees[0].value
            if found[number].verdict == "refuted" and one.kind == "indexed" and name in defined:
                again = "defined otherwise before, and no line tells which of the two is meant"
                found[number] = replace(one, verdict="undecided", reason=again, kind="again")
                unread.add(name)
            elif one.verdict == "not-understood":
                unread.add(name)
            elif one.verdict in ("definition", "proved"):
                unread.discard(name)
                if not any(node.kind in ("partial", "gradient") for node in trees[-1].walk()):
                    defined.add(name)
    return found


def lenders(walkthrough: "Network | HasNetwork | str | None") -> tuple[Lender, ...]:
    """The walkthrough that may lend, loaded or by its name, or those that do where none is named."""
    if walkthrough is None:
        return _built_in()
    if isinstance(walkthrough, str):
        from derive.walkthrough import load_walkthrough

        return lenders(load_walkthrough(walkthrough))
    if isinstance(walkthrough, Network):
        return (Lender("", walkthrough, (), is_asked=True),)
    return (Lender(walkthrough.name, walkthrough.network, tuple(walkthrough.start.items()), is_asked=True),)


@cache
def _built_in() -> tuple[Lender, ...]:
    from derive.walkthrough import load_walkthrough

    return tuple(Lender(name, load_walkthrough(name).network, ()) for name in _LENDERS)


def _positive(document: Document) -> frozenset[str]:
    """The names of which the document says that they are positive: x > 0."""
    found = set()
    for condition in document.conditions:
        left, right = (member.readings[0].tree for member in (condition.left, condition.right))
        if (
            left.kind == "name"
            and right.kind == "number"
            and condition.sign == ">"
            and right.value.lstrip("-+0.") == ""
        ):
            found.add(left.value)
    return frozenset(found)


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
        if not found.checked and is_named:
            raise DeriveError(path, "no equalities found", "each has a sign of equality, as in dE/dw5 = …")
    except DeriveError as error:
        told = str(error)
        return Examined(path, (), fault=told if told.startswith((path, "standard input")) else f"{path}: {told}")
    return found


_OURS = "<!-- derive check -->"


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


class _Snippets(Struct, frozen=True):
    """Short texts as one document: the line on which each begins, and its layout, each a cell of its own."""

    text: str
    starts: tuple[int, ...]
    layout: Layout


def check_snippets(
    snippets: Iterable[str], walkthrough: "Network | HasNetwork", file: str = ""
) -> tuple[tuple[Checked, ...], ...]:
    """The equalities of each of many short texts, such as the cells and text boxes of a workbook.

    The snippets are read as one document, in their order, so that a definition in one holds for all; the result has one
    tuple for each snippet, empty where it states no equality. `line` and `column` count within the snippet, from 1.
    """
    joined = _joined(snippets)
    found: list[list[Checked]] = [[] for _ in joined.starts]
    for one in examine(joined.text, joined.layout, lenders(walkthrough), "").checked:
        number = bisect_right(joined.starts, one.line) - 1
        found[number].append(replace(one, file=file, line=one.line - joined.starts[number] + 1, cell=None))
    return tuple(map(tuple, found))


def _joined(snippets: Iterable[str]) -> _Snippets:
    texts = [snippet.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n") for snippet in snippets]
    starts: list[int] = []
    layout: list[Line | Program] = []
    line, offset = 1, 0
    for number, text in enumerate(texts, 1):
        starts.append(line)
        layout.extend(replace(piece.moved(offset), cell=number) for piece in read_layout(text, ""))
        line += text.count("\n") + 2
        offset += len(text) + 2
    return _Snippets("\n\n".join(texts), tuple(starts), tuple(layout))
