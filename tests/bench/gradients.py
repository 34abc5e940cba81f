"""All gradients of larger networks, beside SymPy's own derivative of the expanded loss.

    python -m tests.bench.gradients [SECONDS]

SymPy is given so many seconds a network (default 60) and told to stop. Edges are the uses of one quantity in the
equation of another; paths lead from the loss to a parameter. Sigmoid, no biases, half squared error.
"""

import multiprocessing
import sys
import time
from collections.abc import Sequence

import sympy as sp

from derive.formulas import Names, read_formula
from derive.gradients.backward import go_back
from derive.gradients.chain import adjoints
from derive.names import symbol
from derive.network import Network, make_network
from derive.rules import spelled_out
from derive.walkthrough.layers import shape_of, write_out

NETWORKS = ([2, 2, 2], [2, 8, 8, 2], [2, 32, 32, 2], [10, 50, 50, 10])


def network_of(widths: Sequence[int]) -> Network:
    """The network of the layers."""
    inputs = tuple(f"i{place}" for place in range(1, widths[0] + 1))
    targets = tuple(f"t{place}" for place in range(1, widths[-1] + 1))
    written = write_out(shape_of(widths, "sigmoid", "none", "half squared"), inputs, targets, loss="E")
    sides = [line.split(" = ") for line in written.equations]
    names = Names.of([*inputs, *targets, *written.parameters, *(name for name, _ in sides)])
    read = [(name, read_formula(text, names)) for name, text in sides]
    return make_network(read, inputs=inputs, targets=targets, parameters=written.parameters, loss="E")


def by_sympy(widths: Sequence[int]) -> None:
    """Every derivative of the loss in leaves alone."""
    network = network_of(widths)
    values: dict[sp.Symbol, sp.Expr] = {}
    for name, expression in network.definitions.items():
        values[symbol(name)] = spelled_out(expression.doit().xreplace(values))
    for name in network.parameters:
        values[symbol(network.loss)].diff(symbol(name))


def seconds_of_sympy(widths: Sequence[int], most: float) -> float | None:
    """How long SymPy takes in a process of its own, None where it is told to stop."""
    process = multiprocessing.Process(target=by_sympy, args=(widths,))
    start = time.perf_counter()
    process.start()
    process.join(most)
    if process.is_alive():
        process.kill()
        return None
    return time.perf_counter() - start


def main(most: float = 60.0) -> None:
    """Print the table."""
    go_back(network_of([1, 1]))  # SymPy's own first-time work
    print(f"{'layers':<13} {'edges':>6} {'paths':>8} {'formulas':>8} {'ours':>9} {'ms/edge':>8} {'SymPy':>9}")
    for widths in NETWORKS:
        network = network_of(widths)
        edges = sum(len(node.parents) for node in network.nodes)
        start = time.perf_counter()
        formulas = go_back(network).formulas
        taken = time.perf_counter() - start
        counts = adjoints(network, network.loss).path_counts
        theirs = seconds_of_sympy(widths, most)
        print(f"{'-'.join(map(str, widths)):<13} {edges:>6,} {sum(counts[name] for name in network.parameters):>8,} "
              f"{len(formulas):>8,} {taken:>7.3f} s {1000 * taken / edges:>8.3f} "
              f"{f'> {most:.0f} s' if theirs is None else f'{theirs:.2f} s':>9}", flush=True)


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
