"""`sheets build` as a whole process beside the bare import of the two libraries it cannot do without.

    python -m tests.bench.build

Seven runs of each in turn; the medians of the processor time and the ratio are printed. openpyxl imports numpy and
lxml where they are installed, and so do both commands here: measure in an environment without them.
"""

import os
import statistics
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

RUNS = 7


def measure() -> dict[str, float]:
    """The median processor time of each command, in seconds, the bare imports first."""
    with TemporaryDirectory() as folder:
        target = str(Path(folder, "kanungo.xlsx"))
        commands = {
            "python -c 'import sympy, openpyxl'": [sys.executable, "-c", "import sympy, openpyxl"],
            "sheets build": [sys.executable, "-m", "sheets", "build", "-o", target],
            "sheets --help": [sys.executable, "-m", "sheets", "--help"],
            "derive --help": [sys.executable, "-m", "derive", "--help"],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        env = {**os.environ, "PYTHONPYCACHEPREFIX": str(Path(folder, "bytecode"))}  # as an installed package has it
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        for run in range(RUNS + 1):
            for name, command in commands.items():
                taken = _processor_time(command, env)
                if run:  # the first one writes the bytecode
                    times[name].append(taken)
    return {name: statistics.median(taken) for name, taken in times.items()}


def _processor_time(command: list[str], env: dict[str, str]) -> float:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=env)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, command
    return usage.ru_utime + usage.ru_stime


def also_imported() -> list[str]:
    """What openpyxl imports here because it is installed; measure where this is empty."""
    return [name for name in ("numpy", "lxml") if find_spec(name) is not None]


def main() -> None:
    """Print the table."""
    medians = measure()
    base = next(iter(medians.values()))
    for name, seconds in medians.items():
        print(f"{name:<36} {seconds:7.3f} s   {seconds / base:5.2f} x the imports")
    for name in also_imported():
        print(f"{name} is installed here: openpyxl imports it in both commands")


if __name__ == "__main__":
    main()
