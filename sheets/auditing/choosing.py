"""Chooses the network that a table is judged by: its own, or the walkthrough's where its own deviates by mistake."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from derive.equality import Proved
from derive.errors import DeriveError
from derive.network import Network
from sheets.auditing.body import Body
from sheets.auditing.loosening import loosened
from sheets.auditing.proving import Subject
from sheets.auditing.recovery import Meanings, own_definition, parameters, recover_network, restricted
from sheets.auditing.rounding import unrounded

OTHER_NETWORK = "its own network, whose parameters are not those of the walkthrough"


class Choice(Struct, frozen=True):
    """The subject to judge, None where no network is known, and what is to be said about it.

    `meant` is the network that the texts beside the table are about: the walkthrough's, whole, or the table's own.
    """

    subject: Subject | None
    notes: tuple[str, ...] = ()
    meant: Network | None = None


def choose_network(body: Body, meanings: Meanings, references: Sequence[Network]) -> Choice:
    """The network by which most gradients of the table are right; a systematic deviation is a design, not a mistake."""
    notes = []
    try:
        own = recover_network(body, meanings)
    except DeriveError as error:
        own, notes = None, [error.found]
    fitting = [(network, cut) for network in references if (cut := _fitting(body, network)) is not None]
    if not fitting:
        notes += [OTHER_NETWORK] if own is not None else []
        return Choice(None if own is None else Subject(body, meanings, own), tuple(notes), own)
    whole, reference = fitting[0]
    judged = Subject(body, meanings, reference)
    others = tuple(deviating(judged))
    if own is None or not others:
        return Choice(judged, tuple(notes), whole)
    by_own = Subject(body, meanings, own)
    ours, theirs = _proved(judged), _proved(by_own)
    if theirs > ours or (theirs == ours and _is_systematic(judged, others)):
        told = ", ".join(others)
        return Choice(by_own, (*notes, f"its own network: {told} differ from the walkthrough's"), own)
    return Choice(judged, tuple(notes), whole)


def _fitting(body: Body, network: Network) -> Network | None:
    """A network cut down to a table's columns, None where the two are not about the same quantities."""
    names = frozenset(body.table.by_name)
    if parameters(body) != set(network.parameters):
        return None
    return restricted(network, names)


def deviating(subject: Subject) -> Iterator[str]:
    """The nodes whose own definition is another than the network's."""
    for name, right in subject.network.definitions.items():
        own = own_definition(subject.body, subject.meanings, name)
        if own is None:
            if subject.body.filled[name].formulas:
                yield name
            continue
        row = subject.body.filled[name].formulas[0].row
        try:
            own = unrounded(subject.expanded(own, row, (name,)))[0]
        except DeriveError:
            continue
        if isinstance(subject.prove(own, right), Proved):
            continue
        if not any(isinstance(subject.prove(left, meant), Proved)
                   for left, meant, _ in loosened(subject, own, right, row)):
            yield name


def _proved(subject: Subject) -> int:
    """How many gradient columns hold, in most of their rows, what the network says."""
    return sum(
        1
        for name, right in subject.partials.items()
        if any(len(claim.rows) * 2 > len(subject.body.table.rows)
               and isinstance(subject.prove(claim.expression, right), Proved) for claim in subject.claims(name))
    )


def _is_systematic(subject: Subject, found: Sequence[str]) -> bool:
    """Whether all quantities of a kind deviate: every activation, or every error."""
    columns = subject.body.table.by_name
    kinds = {(columns[name].key.kind, columns[name].key.which[:1]) for name in found}
    others = [n for n in subject.network.definitions if (columns[n].key.kind, columns[n].key.which[:1]) in kinds]
    return set(others) <= set(found) and len(others) > 1
