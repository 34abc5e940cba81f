"""One act on many things by an executor; a worker that is lost costs one of them at most, and that one is named."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import ExitStack, contextmanager
from typing import Generic, TypeVar

from derive.defects import TRACEBACK, first_line

AHEAD = 64
"""How many things wait on an executor at once: memory does not grow with their number."""
LOST = "the process that worked on it was lost: it was killed, or the memory did not suffice"

Thing = TypeVar("Thing")
Result = TypeVar("Result")


@contextmanager
def pool(jobs: int) -> Iterator[Executor | None]:
    """A pool of so many processes, None where one is enough; at an end before its time what waits is given up."""
    if jobs < 2:
        yield None
        return
    from concurrent.futures import ProcessPoolExecutor  # there is none in a browser

    processes = ProcessPoolExecutor(jobs)
    try:
        yield processes
    finally:
        processes.shutdown(cancel_futures=True)


def each(
    act: Callable[[Thing], Result],
    things: Iterable[Thing],
    executor: Executor | None,
    lost: Callable[[Thing, str], Result],
    ahead: int = AHEAD,
) -> Iterator[Result]:
    """What an act makes of each thing, in their order, as they come; without an executor one after another.

    At most `ahead` things wait at a time. Where a pool breaks since one of its processes is killed, what waited is done
    again, each by itself in another process, and a new pool takes the rest. `lost` tells what stands for a thing whose
    own process is lost, too, or that an executor gives up, with the reason.
    """
    if executor is None:
        yield from map(act, things)
        return
    with ExitStack() as stack:
        crew = _Crew(act, executor, lost, stack)
        waiting: deque[tuple[Thing, Future[Result]]] = deque()
        for thing in things:
            waiting.append((thing, crew.begun(thing)))
            if len(waiting) >= ahead:
                yield crew.ended(*waiting.popleft())
        while waiting:
            yield crew.ended(*waiting.popleft())


class _Crew(Generic[Thing, Result]):
    """The executor that is at work, and a process apart for what waited on one that broke."""

    def __init__(
        self,
        act: Callable[[Thing], Result],
        executor: Executor,
        lost: Callable[[Thing, str], Result],
        stack: ExitStack,
    ) -> None:
        self._act, self._executor, self._lost, self._stack = act, executor, lost, stack
        self._apart: Executor | None = None

    def begun(self, thing: Thing) -> Future[Result]:
        try:
            return self._executor.submit(self._act, thing)
        except BrokenExecutor:
            self._executor = self._processes(os.cpu_count() or 1)
            return self._executor.submit(self._act, thing)

    def ended(self, thing: Thing, future: Future[Result]) -> Result:
        try:
            return future.result()
        except BrokenExecutor:
            return self._again(thing)
        except Exception as error:
            if os.environ.get(TRACEBACK):
                raise
            return self._lost(thing, first_line(error))

    def _again(self, thing: Thing) -> Result:
        self._apart = self._apart or self._processes(1)
        try:
            return self._apart.submit(self._act, thing).result()
        except BrokenExecutor:
            self._apart = None
            return self._lost(thing, LOST)

    def _processes(self, count: int) -> Executor:
        from concurrent.futures import ProcessPoolExecutor

        made = ProcessPoolExecutor(count)
        self._stack.callback(made.shutdown, cancel_futures=True)
        return made
