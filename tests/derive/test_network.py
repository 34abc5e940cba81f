"""A network is validated once: every name defined, no circle, one loss, an order in which it can be computed."""

import pytest

from derive.errors import DeriveError
from derive.formulas import Names, read_formula
from derive.network import Network, make_network

LEAVES = {"inputs": ("i1", "i2"), "targets": ("t1",), "parameters": ("w1", "w2")}


def network(*equations: str, loss: str = "", aliases: dict[str, str] | None = None) -> Network:
    """A network from lines of text."""
    pairs = [tuple(part.strip() for part in line.split("=")) for line in equations]
    names = Names.of([*(n for role in LEAVES.values() for n in role), *(left for left, _ in pairs), "nowhere"])
    read = [(left, read_formula(right, names)) for left, right in pairs]
    return make_network(read, **LEAVES, loss=loss, aliases=(aliases or {}).items())


def test_equations_in_any_order_are_put_into_a_computable_one() -> None:
    made = network("E = (t1 - o)^2", "o = σ(h)", "h = w1*i1 + w2*i2")
    assert [node.name for node in made.nodes] == ["h", "o", "E"]
    assert made.loss == "E"


def test_equations_in_a_computable_order_keep_it() -> None:
    made = network("a = w2*i2", "b = w1*i1", "E = (t1 - a - b)^2")
    assert [node.name for node in made.nodes] == ["a", "b", "E"]


def test_parents_stand_in_the_order_in_which_they_were_written() -> None:
    assert network("h = w2*i2 + w1*i1").nodes[0].parents == ("w2", "i2", "w1", "i1")


def test_the_loss_is_called_by_its_alias() -> None:
    assert network("E_Total = t1 - w1*i1 - w2*i2", aliases={"E": "E_Total"}).loss_name == "E"


@pytest.mark.parametrize(("equations", "told"), [
    (("h = w1*i1", "h = w2*i2"), '"h" is already among the equations'),
    (("w1 = i1",), '"w1" is already among the parameters'),
    (("h = nowhere*i1",), '"nowhere" in the equation of h is not defined'),
    (("a = b*i1", "b = a*i2", "E = a"), "circle: a → b → a"),
    (("a = a*i1",), "circle: a → a"),
    (("a = w1*i1", "b = w2*i2"), "2 quantities could be the loss: a, b"),
])
def test_a_network_that_cannot_be_computed_is_refused(equations: tuple[str, ...], told: str) -> None:
    with pytest.raises(DeriveError, match="^.*" + told.replace("(", r"\(")):
        network(*equations)


def test_a_loss_that_is_not_defined_is_refused() -> None:
    with pytest.raises(DeriveError, match='"E" is not defined by an equation — one of h'):
        network("h = w1*i1 + w2*i2", loss="E")
