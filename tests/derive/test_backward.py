"""The shared form of the gradients: as large as the network, and the textbook's delta rule."""

import pytest
import sympy as sp

from derive.gradients.backward import go_back
from derive.text import as_text
from derive.walkthrough import Walkthrough
from tests.bench.gradients import network_of


def test_a_small_network_is_written_by_hand(kanungo: Walkthrough) -> None:
    back = go_back(kanungo.network)
    assert not back.shared
    assert as_text(back.gradients["dE/dw6"]) == "(out_o1 - t1) * out_o1 * (1 - out_o1) * out_h2"


def test_a_large_network_is_written_by_the_delta_rule(kanungo: Walkthrough) -> None:
    back = go_back(kanungo.network, most_paths=1)
    assert {name: as_text(value) for name, value in back.shared.items()} == {
        "dE/do2": "(out_o2 - t2) * out_o2 * (1 - out_o2)",
        "dE/do1": "(out_o1 - t1) * out_o1 * (1 - out_o1)",
        "dE/dh2": "(dE/do1 * w6 + dE/do2 * w8) * out_h2 * (1 - out_h2)",
        "dE/dh1": "(dE/do1 * w5 + dE/do2 * w7) * out_h1 * (1 - out_h1)",
    }
    assert as_text(back.gradients["dE/dw8"]) == "dE/do2 * out_h2"
    assert as_text(back.gradients["dE/dw1"]) == "dE/dh1 * i1"


@pytest.mark.slow
def test_the_formulas_grow_with_the_edges_and_not_with_the_paths() -> None:
    for widths in ([2, 2, 2], [2, 8, 8, 2], [3, 9, 9, 9, 9, 9, 3]):
        network = network_of(widths)
        edges = sum(len(node.parents) for node in network.nodes)
        size = sum(sum(1 for _ in sp.preorder_traversal(value))
                   for value in go_back(network, most_paths=0).formulas.values())
        assert size <= 8 * edges
