"""Where the milliseconds of `sheets build` go.

    python -m tests.bench.phases

The command runs in a process of its own, its modules imported and its acts called in the order in which it does so
itself, with the processor time read between them; the median of seven runs is printed for each phase.
"""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

RUNS = 7
REST = "the rest: arguments, messages, exit"


def measure() -> dict[str, float]:
    """The median milliseconds of each phase, in the order of the command."""
    with TemporaryDirectory() as folder:
        runs = [_once(folder) for _ in range(RUNS + 1)][1:]  # the first one writes the bytecode
    return {phase: statistics.median(run[phase] for run in runs) for phase in runs[0]}


def _once(folder: str) -> dict[str, float]:
    env = {**os.environ, "PYTHONPYCACHEPREFIX": folder}  # as an installed package has it
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-c", "from tests.bench.timed_build import run; run()", str(Path(folder, "k.xlsx"))]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=env)
    assert process.stdout is not None
    told = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, status
    phases: dict[str, float] = json.loads(told.splitlines()[-1])
    return {**phases, REST: (usage.ru_utime + usage.ru_stime) * 1000 - sum(phases.values())}


def main() -> None:
    """Print the table."""
    phases = measure()
    for phase, milliseconds in phases.items():
        print(f"{phase:<44} {milliseconds:7.1f} ms")
    print(f"{'together':<44} {sum(phases.values()):7.1f} ms")


if __name__ == "__main__":
    main()
