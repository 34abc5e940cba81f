"""The trust report: what is promised, tried on many cases.

    python -m tests.trust [--cases N] [--seed N] [--jobs N] [--write] [--part NAME...]

The parts are `decisions`, `mutants`, `pairs`, `gradients` and `sheets`; all of them unless some are named. Engines that
are not installed are left out: LibreOffice, `formulas` from PyPI, HyperFormula by `npm install --prefix tests/readers`.
Seeds are printed with whatever went wrong, and then the exit code is 1.
"""

import argparse
import statistics
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from tests.bench.pairs import write_between
from tests.trust.decisions import Tally, tally

ROOT = Path(__file__).parent.parent.parent
SHARED = ROOT.parent / "shared"
CHUNK = 250
MOST_UNDECIDED = 0.003


def decisions(asked: argparse.Namespace) -> Iterator[str]:
    """The decider on random rewritings and single edits."""
    seeds = range(asked.seed, asked.seed + max(1, asked.cases // CHUNK))
    whole = Tally()
    with ProcessPoolExecutor(asked.jobs) as executor:
        for one in executor.map(partial(tally, count=min(CHUNK, asked.cases)), seeds):
            whole.add(one)
    yield from told("random pairs", whole)
    somewhere = whole.cases - len(whole.nowhere)
    share = f"{len(whole.undecided)} of {somewhere} ({100 * len(whole.undecided) / somewhere:.2f} %)"
    yield f"  undecided: {share}; {len(whole.nowhere)} more are nowhere defined"
    if len(whole.undecided) > MOST_UNDECIDED * somewhere:
        yield "WRONG too many are undecided"


def told(what: str, whole: Tally) -> Iterator[str]:
    """The lines on a tally."""
    yield f"{what}: {whole.cases} cases, {whole.proved} proved, {whole.refuted} refuted, {len(whole.mistakes)} mistakes"
    if whole.replay:
        times = f"median {statistics.median(whole.replay) * 1000:.1f} ms, slowest {max(whole.replay) * 1000:.0f} ms"
        yield f"  replayed: {len(whole.replay)}, {len(whole.unreplayed)} not; {times}"
    yield f"  slowest decision with certificate: {whole.slowest[0]:.2f} s"
    yield from (f"WRONG {case}" for case in (*whole.mistakes, *whole.unreplayed))


def mutants(asked: argparse.Namespace) -> Iterator[str]:
    """Every single edit of every hand gradient: decided, replayed."""
    from derive.walkthrough import built_in
    from tests.trust.replays import mutants_of

    whole = Tally()
    every = max(1, 40_000 // max(asked.cases, 1))
    with ProcessPoolExecutor(asked.jobs) as executor:
        for one in executor.map(partial(mutants_of, every=every), built_in()):
            whole.add(one)
    yield from told(f"one of {every} single edits of hand gradients, in node names and expanded", whole)


def pairs(asked: argparse.Namespace) -> Iterator[str]:
    """Every published pair: decided, replayed."""
    from tests.trust.replays import published

    file = SHARED / "equality" / "pairs.tsv"
    if file.exists():
        yield from told("published pairs", published(file))
    else:
        yield "published pairs: the file is not beside this checkout"


def gradients(asked: argparse.Namespace) -> Iterator[str]:
    """Each gradient against central differences."""
    import random

    from tests.trust.gradients import networks, wrong_gradients

    looked, wrong = 0, []
    found = networks(asked.seed, asked.cases // 100)
    for network in found:
        count, bad = wrong_gradients(network, random.Random(asked.seed))
        looked += count
        wrong += bad
    yield f"gradients: {looked} of {len(found)} networks against central differences, {len(wrong)} wrong"
    yield from (f"WRONG {one}" for one in wrong)


def sheets(_: argparse.Namespace) -> Iterator[str]:
    """Each formula recalculated by other engines."""
    from tests.trust.sheets import disagreements

    count, engines = disagreements()
    for engine, (both, apart) in engines.items():
        yield f"formulas of a workbook by {engine}: {both} of {count} cells, {len(apart)} differ"
        yield from (f"WRONG {one}" for one in apart[:10])


PARTS = {part.__name__: part for part in (decisions, mutants, pairs, gradients, sheets)}


def main(arguments: list[str]) -> int:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="into docs/trust.md")
    parser.add_argument("--part", nargs="+", choices=PARTS, default=list(PARTS))
    asked = parser.parse_args(arguments)
    lines = [f"seed {asked.seed}, {asked.cases} cases"]
    print(lines[0])
    for name in asked.part:
        for line in PARTS[name](asked):
            print(line, flush=True)
            lines.append(line)
    if asked.write:
        write_between("report", "\n".join(["```text", *lines, "```"]), ROOT / "docs" / "trust.md")
    return int(any(line.startswith("WRONG") for line in lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
