"""Every single-edit mutant of every hand gradient, decided at the level of node names and fully expanded.

    python -m tests.bench.equality [WALKTHROUGH...]
    python -m tests.bench.equality --peers

The first prints the cases, the verdicts, the mistakes (against forty-digit values at points of general position), and
the median and slowest time. The second prints the times for true and for false claims about kanungo's gradients beside
those of SymPy's `simplify(a - b) == 0`, which has 20 seconds for each. Both write into docs/equality.md, the first only
where no walkthrough is named.
"""

import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import sympy as sp

from derive.equality import Proved, Refuted, Undecided, decide
from derive.gradients.chain import derive_gradients
from derive.names import symbol
from derive.rules import spelled_out
from derive.walkthrough import built_in, load_walkthrough
from tests.bench.pairs import CAP, within, write_between
from tests.derive.mutations import Mutant, Truth, expanded, mutants

LEVELS = ("node names", "expanded")


def decide_all(name: str, found: Iterable[Mutant] | None = None) -> dict[str, tuple[Counter[str], list[float]]]:
    """Verdicts by level, counted (`mistakes` too), and the times in seconds."""
    walkthrough = load_walkthrough(name)
    network = walkthrough.network
    truth = Truth(network)
    results: dict[str, tuple[Counter[str], list[float]]] = {level: (Counter(), []) for level in LEVELS}
    for mutant in found or mutants(walkthrough):
        right = truth.holds(mutant.wrong, mutant.right)
        for level, (counts, times) in results.items():
            sides, given = (mutant.wrong, mutant.right), {"definitions": network.definitions}
            if level == "expanded":
                sides, given = tuple(expanded(side, network) for side in sides), {}
            began = time.perf_counter()
            verdict = decide(*sides, start=walkthrough.start, **given)
            times.append(time.perf_counter() - began)
            counts[type(verdict).__name__] += 1
            mistaken = isinstance(verdict, Refuted if right else Proved)
            counts["mistakes"] += mistaken
            if mistaken or isinstance(verdict, Undecided):
                print(level, mutant.parameter, mutant.edit, mutant.text, verdict, right, file=sys.stderr)
    return results


def mutation_table(names: Iterable[str]) -> str:
    """The verdicts on every mutant, in Markdown."""
    lines = ["| walkthrough | level | cases | proved | refuted | undecided | mistakes | median | slowest |",
             "|---|---|---|---|---|---|---|---|---|"]
    for name in names:
        for level, (counts, times) in decide_all(name).items():
            figures = [len(times), counts["Proved"], counts["Refuted"], counts["Undecided"], counts["mistakes"]]
            spent = [f"{1000 * statistics.median(times):.1f} ms", f"{1000 * max(times):.0f} ms"]
            lines.append(f"| {' | '.join(map(str, [name, level, *figures, *spent]))} |")
    return "\n".join(lines)


def claims() -> Iterator[tuple[str, str, sp.Expr, sp.Expr, dict[str, Any]]]:
    """(level, kind, left, right, options) for kanungo: each gradient against SymPy's derivative, and with a slip."""
    walkthrough = load_walkthrough("kanungo")
    network = walkthrough.network
    slips = {"w1": ("w7", "w6"), "w2": ("w5", "w6"), "w3": ("out_h2", "out_h1"), "w4": ("i2", "i1"),
             "w5": ("out_h1", "out_h2"), "w6": ("t1", "t2"), "w7": ("out_o2", "out_o1"), "w8": ("out_h2", "h2")}
    for parameter, derivation in derive_gradients(network).items():
        right = derivation.value
        wrong = right.xreplace({symbol(slips[parameter][0]): symbol(slips[parameter][1])})
        yield "node names", "true", sp.expand(right), right, {"definitions": network.definitions}
        yield "node names", "false", wrong, right, {"definitions": network.definitions}
        slope = sp.diff(spelled_out(expanded(symbol(network.loss), network)), symbol(parameter))
        yield "expanded", "true", expanded(right, network), slope, {}
        yield "expanded", "false", expanded(wrong, network), slope, {}


def peer_table() -> str:
    """Times of decide and of simplify, in Markdown."""
    ours: dict[tuple[str, str], list[float]] = {}
    theirs: dict[tuple[str, str], list[tuple[float, str]]] = {}
    for level, sort, left, right, options in claims():
        began = time.perf_counter()
        decide(left, right, **options)
        ours.setdefault((level, sort), []).append(time.perf_counter() - began)
        began = time.perf_counter()
        answer = within(CAP, lambda: sp.simplify(spelled_out(left) - spelled_out(right)) == 0)  # noqa: B023
        theirs.setdefault((level, sort), []).append((time.perf_counter() - began, answer))
    lines = ["| level | claims | decide: median | slowest | simplify: median | slowest | stopped | right |",
             "|---|---|---|---|---|---|---|---|"]
    for (level, sort), spent in ours.items():
        other = theirs[level, sort]
        stopped = sum(answer.startswith("over") for _, answer in other)
        right = sum(answer == {"true": "proved", "false": "refuted"}[sort] for _, answer in other)
        times = [taken for taken, _ in other]
        figures = [level, f"{len(spent)} {sort}", f"{1000 * statistics.median(spent):.1f} ms",
                   f"{1000 * max(spent):.0f} ms", f"{statistics.median(times):.2f} s", f"{max(times):.1f} s",
                   stopped, right]
        lines.append(f"| {' | '.join(map(str, figures))} |")
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    """Print the table asked for."""
    if arguments == ["--peers"]:
        name, table = "peers", peer_table()
    else:
        name, table = "mutations", mutation_table(arguments or built_in())
    print(table)
    if not arguments or name == "peers":
        write_between(name, table)


if __name__ == "__main__":
    main(sys.argv[1:])
