"""Every single-edit mutant of every hand gradient, decided at the level of node names and fully expanded.

    python -m tests.bench.equality [WALKTHROUGH...]

Prints the cases, the verdicts, the mistakes (against forty-digit values at points of general position), and the median
and slowest time.
"""

import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable

from derive.equality import Proved, Refuted, Undecided, decide
from derive.walkthrough import built_in, load_walkthrough
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


def main(names: list[str]) -> None:
    """Print the table."""
    print("| walkthrough | level | cases | proved | refuted | undecided | mistakes | median | slowest |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name in names or built_in():
        for level, (counts, times) in decide_all(name).items():
            figures = [len(times), counts["Proved"], counts["Refuted"], counts["Undecided"], counts["mistakes"]]
            spent = [f"{1000 * statistics.median(times):.1f} ms", f"{1000 * max(times):.0f} ms"]
            print("|", " | ".join(map(str, [name, level, *figures, *spent])), "|", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
