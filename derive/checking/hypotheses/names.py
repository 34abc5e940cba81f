"""Names that are other spellings of a name, or that rest on nothing."""

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from derive.checking.equations import differentiated, names_in
from derive.checking.hypotheses.ground import Ground
from derive.checking.interpretations import Hypothesis
from derive.checking.spellings import look_alike, near, role_of, same_letters
from derive.names import symbol

_SHARED_ROLES = frozenset(
    (
        "loss",
        "error",
        "output activation",
        "hidden activation",
        "output input",
        "hidden input",
        "target",
        "weight",
        "learning rate",
    )
)
"""The roles that one quantity of a network has, so that two names for it are one."""
_NUMBER = re.compile(r"\d+")
_RARE = 2
_OFTEN = 3
"""So many lines have a power that lost its caret: one may be an input."""


class Likeness(Struct, frozen=True):
    """What makes two names one quantity, and of which names that may be said."""

    test: Callable[[str, str], bool]
    rank: int
    applies: Callable[[str, Ground], bool] = lambda name, ground: True


def _same_role(one: str, other: str) -> bool:
    return role_of(one) is not None and role_of(one) == role_of(other)


def _has_shared_role(name: str, ground: Ground) -> bool:
    role = role_of(name)
    return role is not None and role[0] in _SHARED_ROLES and (role[0] != "loss" or name in ground.ends)


def _numberless(one: str, other: str) -> bool:
    """ŷ for ŷ1, where there is but one."""
    return other != one and other.rstrip("0123456789") == one


def _is_rare(name: str, ground: Ground) -> bool:
    return ground.uses[name] <= _RARE


_LIKENESSES = (
    Likeness(same_letters, 0),
    Likeness(look_alike, 0),
    Likeness(_same_role, 1, _has_shared_role),
    Likeness(_numberless, 2),
    Likeness(near, 2, _is_rare),
)
"""From the surest on; the first that leaves but one other name is taken."""


def same_names(ground: Ground) -> Iterator[Hypothesis]:
    """An undefined name is another spelling of one that the document has more of."""
    departures = ground.interpretation.departures
    taken = departures.same.keys() | departures.slopes.keys() | ground.defined
    for name in sorted(ground.uses.keys() - taken):
        found = next((h for likeness in _LIKENESSES for h in _other_name(name, likeness, ground)), None)
        if found is not None and not name.endswith("⁺"):
            yield found


def _other_name(name: str, likeness: Likeness, ground: Ground) -> Iterator[Hypothesis]:
    """The one name that a name is like; nothing where it is like several."""
    if not likeness.applies(name, ground):
        return
    uses, taken = ground.uses, ground.interpretation.departures.same

    def is_surer(other: str) -> bool:
        return other in ground.defined or uses[other] > uses[name] or (uses[other] == uses[name] and other < name)

    others = [o for o in sorted(uses) if o != name and o not in taken and is_surer(o) and likeness.test(name, o)]
    if name in ground.given:  # it is a quantity of its own, but for one that the document says to have its value
        others = [o for o in others if o in ground.defined and ground.printed[name] & ground.printed[o]]
    others = [other for other in others if other in ground.defined] or others
    if len(others) == 1:
        (other,) = others
        told = f"{ground.written(name)} is read as {ground.written(other)}"
        rank = likeness.rank if other in ground.defined else max(likeness.rank, 1)
        yield Hypothesis("same", name, told, rank, frozenset((name, other)), other=other)


def inputs(ground: Ground) -> Iterator[Hypothesis]:
    """p1 is i1 of the walkthrough: the one leaf with this number of what is lent, which the document never has."""
    departures = ground.interpretation.departures
    inside = {other for body in departures.lent.values() for other in names_in(body)}
    leaves = inside - departures.lent.keys() - ground.uses.keys() - ground.defined
    taken = departures.same.keys() | departures.slopes.keys() | ground.defined | ground.given
    for name in sorted(ground.uses.keys() - taken - inside) if leaves else ():
        role, number = role_of(name), _NUMBER.findall(name)
        is_free = role is None or (role[0] in ("loss", "error") and name not in ground.ends)  # no bias, no target
        others = [other for other in leaves if number and _NUMBER.findall(other) == number]
        if is_free and len(others) == 1:
            told = f"{ground.written(name)} is read as {others[0]} of the walkthrough"
            yield Hypothesis("same", name, told, 1, frozenset((name, others[0])), other=others[0])


def powers(ground: Ground) -> Iterator[Hypothesis]:
    """Q2 is Q², where the signs above the line were lost: Q stands beside it, neither Q1 nor a definition of it does,
    and nothing is differentiated by it. An index that is set as one, Q_2, is one.
    """
    uses = ground.uses
    by = {partial.by.name for one in ground.claims for e in one.plainest for partial in e.partials}
    found = {
        name: symbol(name[:-1]) ** int(name[-1])
        for name in sorted(uses.keys() - ground.defined - ground.given - by)
        if name[-1] in "23" and name[:-1] in uses and f"{name[:-1]}1" not in uses
        if ground.written(name) == name and uses[name] >= _OFTEN
    }
    if found:
        told = ", ".join(f"{ground.written(name)} is {ground.written(name[:-1])}^{name[-1]}" for name in found)
        yield Hypothesis("power", "", told, 2, frozenset(found), lent=tuple(found.items()))


def constants(ground: Ground) -> Iterator[Hypothesis]:
    """An undefined name that is differentiated rests on nothing: ∂t1/∂a = 0; none that has a slope, ω = dφ/dt."""
    plain = (e.sides for _, e in ground.interpretation.naming.plainest())
    claimed = {differentiated(side) for sides in plain for side in sides if 0 not in sides}
    for name in sorted(ground.interpretation.opaque.keys() - claimed - ground.interpretation.moving):
        yield Hypothesis("constant", name, f"{ground.written(name)} is constant", 1, frozenset((name,)))
