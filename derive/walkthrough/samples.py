"""The samples of a walkthrough file: one of them, or many that are trained on all together."""

from decimal import Decimal

import sympy as sp
from msgspec import Struct

from derive.errors import DeriveError
from derive.network import Network
from derive.walkthrough.keys import Numbers, WalkthroughFile

SMALLEST, LARGEST = Decimal("2.3E-308"), Decimal("9.9E+307")
"""Of the numbers that a spreadsheet knows, zero and the signs apart."""


class Batch(Struct, frozen=True):
    """Many samples, trained on all together: each row has the values of `names`, inputs then targets.

    The network is that of one sample; `total` is its loss summed over the samples, or averaged (`over` says which).
    """

    names: tuple[str, ...]
    rows: tuple[tuple[sp.Rational, ...], ...]
    over: str
    total: str


def is_batch(typed: WalkthroughFile) -> bool:
    """Whether many samples are given: lists among the inputs and targets."""
    return any(isinstance(value, list) for value in _given(typed).values())


def _given(typed: WalkthroughFile) -> dict[str, Numbers]:
    return {**typed.inputs, **typed.targets}


def columns(typed: WalkthroughFile) -> dict[str, list[Decimal]]:
    """The values of every input and target, one for each sample."""
    found = {name: value if isinstance(value, list) else [value] for name, value in _given(typed).items()}
    longest = max(found.values(), key=len, default=[])
    full = next((name for name, values in found.items() if values is longest), "")
    for role, names in (("inputs", typed.inputs), ("targets", typed.targets)):
        for name in names:
            if not found[name] or len(found[name]) != len(longest):
                raise DeriveError(
                    f"{role}.{name}",
                    f"{len(found[name])} value{'s' * (len(found[name]) != 1)} where {full} has {len(longest)}",
                    "every sample needs a value of each input and target",
                )
    return found


def batch_of(typed: WalkthroughFile, network: Network) -> Batch | None:
    """The samples, where they are many."""
    found = columns(typed)
    if not is_batch(typed):
        return None
    if typed.total in network.names or typed.total in dict(network.aliases):
        raise DeriveError(
            "total",
            f'"{typed.total}" already names a quantity of one sample',
            'name the loss over all samples: total = "…"',
        )
    values = [[exact(name, value) for value in row] for name, row in found.items()]
    return Batch(tuple(found), tuple(zip(*values, strict=True)), typed.over_samples, typed.total)


def check_targets(typed: WalkthroughFile, loss: str) -> None:
    """Refuse a target that is no probability where the loss takes its targets for such."""
    if not loss.endswith("cross-entropy"):
        return
    for name in typed.targets:
        for value in columns(typed)[name]:
            if not 0 <= value <= 1:
                raise DeriveError(f"targets.{name}", f"{value} is no target of {loss}", "a number from 0 to 1")


def exact(name: str, value: Decimal) -> sp.Rational:
    """A typed decimal as the exact rational that it writes; DeriveError where no cell of a workbook can hold it."""
    if not value.is_finite():
        raise DeriveError(name, f"{value} is no number to start from")
    if value and not SMALLEST <= value.copy_abs() <= LARGEST:
        raise DeriveError(name, f"no workbook can hold {value}", f"0, or a size from {SMALLEST} to {LARGEST}")
    return sp.Rational(*value.as_integer_ratio())
