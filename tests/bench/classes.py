"""2,000 hand-ins graded on a process pool and on Dask's executor: the rate, and the memory of what waits for them.

`python -m tests.bench.classes [COUNT [EXECUTOR]]`. 40 exercises are made, right, half-filled, begun, anchored, pasted
or mixed; each is handed in by COUNT/40 students, so that making them does not take longer than grading them.
"""

import os
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sheets.grading.course import Course
from sheets.grading.grade import grade_many
from sheets.grading.handins import HandIn
from tests.sheets.classes import make_class

_MADE = 40


@contextmanager
def dask() -> AbstractContextManager[Executor]:  # type: ignore[misc]
    """Dask's executor over two processes of its own."""
    from distributed import Client, LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        yield client.get_executor()


EXECUTORS: dict[str, Callable[[], AbstractContextManager[Executor]]] = {
    "process pool": lambda: ProcessPoolExecutor(2), "Dask": dask,
}  # fmt: skip


def memory(of: int = resource.RUSAGE_SELF) -> float:
    """The most that this process has held so far, or one of those that it waited for, in MB."""
    return resource.getrusage(of).ru_maxrss / 1024


def main(count: int, chosen: str = "") -> None:
    """Grade a class of `count` on each executor, or on the chosen one; the results must be the same."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        make_class(folder, _MADE, _MADE)
        course = Course.of(str(folder))
        files = sorted((folder / "hand-ins").rglob("*.xlsx"))
        hand_ins = [HandIn(str(files[n % _MADE]), f"{n}/{files[n % _MADE].name}") for n in range(count)]
        before, totals = memory(), {}
        print(f"{count:,} hand-ins; {os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}")
        for name in [chosen] if chosen else EXECUTORS:
            started = time.perf_counter()
            with EXECUTORS[name]() as executor:
                total = [(one.total, one.fault) for one in grade_many(hand_ins, course.order, executor)]
            taken = time.perf_counter() - started
            totals[name] = total
            print(f"{name:<14} {taken:7.1f} s  {count / taken:5.1f} a second  "
                  f"{memory() - before:6.1f} MB more in the waiting process, "
                  f"{memory(resource.RUSAGE_CHILDREN):5.0f} MB in the largest worker", flush=True)
        first, *others = totals.values()
        assert all(other == first for other in others)
        assert not any(fault for _, fault in first)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000, *sys.argv[2:])
