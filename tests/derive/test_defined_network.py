"""The network that a document defines, for the drawing above its verdicts."""

import derive
from derive.defined_network import defined_network

ONE_NEURON = "z = w*x + b\na = 1/(1 + e^-z)\nL = (a - y)^2/2\n"


def test_the_definitions_of_a_document_make_its_network() -> None:
    network = defined_network(derive.check(ONE_NEURON + "∂L/∂w = (a - y)*a*(1 - a)*x"))
    assert network is not None
    assert (network.inputs, network.targets, network.parameters) == (("x",), ("y",), ("b", "w"))
    assert network.loss == "L"
    assert [node.name for node in network.nodes] == ["z", "a", "L"]


def test_what_a_document_differentiates_by_is_a_parameter_whatever_its_name() -> None:
    network = defined_network(derive.check("z = m*x + k\n∂z/∂m = x\n∂z/∂k = 1"))
    assert network is not None
    assert set(network.parameters) == {"m", "k"}


def test_a_document_without_definitions_has_no_drawing() -> None:
    assert defined_network(derive.check("∂E/∂w5 = (out_o1 - t1)*out_o1*(1 - out_o1)*out_h1")) is None
    assert defined_network(derive.check("")) is None
