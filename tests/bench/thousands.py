"""Thousands of documents checked and graded on a pool of processes, one of which is killed on the way.

    python -m tests.bench.thousands [FILES] [PROCESSES]

Each file has its own numbers. Prints the rate of one process alone and of the pool for each core, by processor time,
the memory of this process and of its largest worker on the way, and what became of the files. Exits with 1 where one is
missing or otherwise than expected.
"""

import os
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from pathlib import Path
from tempfile import TemporaryDirectory

from derive.checking import check_many
from derive.workers import pool
from sheets.grading import Order, Rubric, grade_many
from sheets.grading.handins import HandIn

TEXT = """z = {a}*x + b
out = 1/(1 + e^(-z))
E = (out - t)^2/{a}
dE/dx = 2/{a}*(out - t)*out*(1 - out)*{a}
dE/db = 2/{a}*(out - t)*out*(1 + out)
"""
GRADED = """∂E/∂w5 = (out_o1 - t1)*out_o1*(1 - out_o1)*out_h1
∂E/∂w{w} = (out_o1 - t1)*out_o1*(1 - out_o1)*out_h2
"""
ALONE = 200
Act = Callable[[list[str], Executor | None], Iterator[str]]


def checked(paths: list[str], executor: Executor | None) -> Iterator[str]:
    """What each document comes to."""
    for one in check_many(paths, executor):
        yield one.fault or " ".join(claim.verdict for claim in one.checked)


def graded(paths: list[str], executor: Executor | None) -> Iterator[str]:
    """The points of each document."""
    for one in grade_many((HandIn(path, path) for path in paths), Order("kanungo", None, Rubric()), executor):
        yield one.fault or f"{one.total:g} points"


def children() -> list[int]:
    """The processes that this one has started."""
    found = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text(encoding="ascii")
    return [int(pid) for pid in found.split()]


def megabytes(pid: int) -> float:
    """What a process holds."""
    pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * resource.getpagesize() / 1e6


def processor() -> float:
    """The seconds of this process and of its children that have ended."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def run(act: Act, paths: list[str], processes: int) -> Counter[str]:
    """Go through all, kill a worker at a tenth of the way, measure."""
    began = processor()
    for _ in act(paths[:ALONE], None):
        pass
    alone = ALONE / (processor() - began)
    print(f"{act.__name__}: one process {alone:.1f} a second")
    told: Counter[str] = Counter()
    began, started = processor(), time.perf_counter()
    with pool(processes) as executor:
        for number, word in enumerate(act(paths, executor), 1):
            told[word] += 1
            if number == len(paths) // 10:
                os.kill(children()[0], signal.SIGKILL)
            if number % (len(paths) // 5) == 0:
                workers = max(map(megabytes, children()), default=0.0)
                print(
                    f"  {number:>6,} done: {megabytes(os.getpid()):.0f} MB here, {workers:.0f} MB in a worker",
                    flush=True,
                )
    rate = len(paths) / (processor() - began)
    took = time.perf_counter() - started
    print(f"  {len(paths):,} files in {took:.0f} s, {rate:.1f} a second of a core ({rate / alone:.0%})")
    for word, count in told.most_common(5):
        print(f"  {count:>6,} × {word[:100]}")
    return told


def main(files: int, processes: int) -> int:
    """Both acts; 1 where a file is missing, or a fault was told."""
    missing = 0
    for act, text in ((checked, TEXT), (graded, GRADED)):
        with TemporaryDirectory() as folder:
            paths = [str(Path(folder, f"{number:05}.txt")) for number in range(files)]
            for number, path in enumerate(paths):
                Path(path).write_text(text.format(a=number + 2, w=5 + number % 2), encoding="utf-8")
            told = run(act, paths, processes)
            missing += told.total() != files or len(told) > 2
    return int(missing > 0)


if __name__ == "__main__":
    files, processes = (*map(int, sys.argv[1:]), *(5_000, 2)[len(sys.argv) - 1 :])
    raise SystemExit(main(files, processes))
