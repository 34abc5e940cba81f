"""`sheets build` as a whole process beside the bare import of the two libraries it cannot do without.

    python -m tests.bench.build

Seven runs of each in turn; the medians and the ratio are printed. openpyxl imports numpy and lxml where they are
installed, and so do both commands here: measure in an environment without them.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

RUNS = 7


def main() -> None:
    """Print the table."""
    with TemporaryDirectory() as folder:
        target = str(Path(folder, "kanungo.xlsx"))
        commands = {
            "python -c 'import sympy, openpyxl'": [sys.executable, "-c", "import sympy, openpyxl"],
            "sheets build": [sys.executable, "-m", "sheets", "build", "-o", target],
            "sheets --help": [sys.executable, "-m", "sheets", "--help"],
            "derive --help": [sys.executable, "-m", "derive", "--help"],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(RUNS):
            for name, command in commands.items():
                start = time.perf_counter()
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
                times[name].append(time.perf_counter() - start)
    base = statistics.median(next(iter(times.values())))
    for name, taken in times.items():
        print(f"{name:<36} {statistics.median(taken):7.3f} s   {statistics.median(taken) / base:5.2f} x the imports")
    for module in ("numpy", "lxml"):
        try:
            __import__(module)
            print(f"{module} is installed here: both import it")
        except ImportError:
            pass


if __name__ == "__main__":
    main()
