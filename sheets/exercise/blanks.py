"""Which columns are left empty for the student."""

from typing import Literal

from msgspec import Struct

from derive.errors import DeriveError
from derive.names import quantity
from derive.network import Network

Kind = Literal["gradient", "update", "forward"]
KINDS: tuple[Kind, ...] = ("forward", "gradient", "update")
PLURALS: dict[Kind, str] = {"gradient": "gradients", "update": "updates", "forward": "nodes"}


class Blank(Struct, frozen=True):
    """An empty column: the quantity that stands in it (`dE/dw3`, `w3`, `h1`), and what is to be written there."""

    name: str
    kind: Kind

    @property
    def title(self) -> str:
        """What tells it from the other columns of its quantity: `update w3`."""
        return f"update {self.name}" if self.kind == "update" else self.name


def blanks_of(text: str, network: Network) -> tuple[Blank, ...]:
    """The columns that `--blank` names: gradients, updates, forward, all, or quantities with commas between.

    DeriveError names a word that is no quantity of the network.
    """
    slopes = {quantity(network.loss_name, name): name for name in network.parameters}
    every = (
        *(Blank(name, "forward") for name in network.definitions),
        *(Blank(name, "gradient") for name in slopes),
        *(Blank(name, "update") for name in network.parameters),
    )
    groups: dict[str, Kind] = {"gradients": "gradient", "updates": "update", "forward": "forward"}
    chosen: list[Blank] = []
    for word in (piece.strip().replace("∂", "d") for piece in text.split(",")):
        found = [one for one in every if word == "all" or one.kind == groups.get(word) or one.name == word]
        if not found:
            raise DeriveError("--blank", f'"{word}" is no column of this table',
                              f"gradients, updates, forward, all, or a list: {every[-1].name},{next(iter(slopes))}")
        chosen += [one for one in found if one not in chosen]
    return tuple(one for one in every if one in chosen)
