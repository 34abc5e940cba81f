"""What a row costs as tables grow, and the memory of the whole process.

    python -m tests.bench.rows [MOST_ROWS]

Six sheets of 100, 1,000, 10,000 and 100,000 rows (or up to MOST_ROWS, at most 1,048,574: Excel's last row, on one sheet
and once), each built by a process of its own, five times in turn. The time per row is the slope above the process of
the size before, so that start-up does not count. Memory is the peak of the whole process.
"""

import json
import os
import statistics
import subprocess
import sys
from itertools import pairwise
from math import nan
from pathlib import Path
from tempfile import TemporaryDirectory

RUNS = 5
SIX = "0.1,0.2,0.5,0.8,1.0,2.0"


def measured(rows: int, rates: str, target: Path) -> tuple[float, float]:
    """Seconds of processor time and peak megabytes of one build."""
    command = [sys.executable, "-m", "sheets", "build", "-o", str(target), "--rates", rates, "--epochs", str(rows - 1)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, f"{rows} rows failed"
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def table(most: int) -> list[tuple[int, float, float, float]]:
    """Rows of a sheet, median seconds, microseconds for a row, peak megabytes."""
    sizes = [size for size in (100, 1_000, 10_000, 100_000, 1_048_574) if size <= most]
    rates = SIX if most <= 100_000 else "0.5"
    runs: dict[int, list[tuple[float, float]]] = {size: [] for size in sizes}
    with TemporaryDirectory() as folder:
        for _ in range(RUNS if most <= 100_000 else 1):
            for size in sizes:
                runs[size].append(measured(size, rates, Path(folder, "rows.xlsx")))
    seconds = [statistics.median(taken for taken, _ in runs[size]) for size in sizes]
    sheets = len(rates.split(","))
    slopes = [(after - before) / (size - smaller) / sheets * 1e6
              for (smaller, before), (size, after) in pairwise(zip(sizes, seconds, strict=True))]
    peaks = [max(peak for _, peak in runs[size]) for size in sizes]
    return list(zip(sizes, seconds, [nan, *slopes], peaks, strict=True))


def measured_apart(most: int) -> list[tuple[int, float, float, float]]:
    """The table, measured from a small process: a child's peak memory begins with that of the one that starts it."""
    command = [sys.executable, "-m", "tests.bench.rows", str(most), "--json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [(size, seconds, per_row, peak) for size, seconds, per_row, peak in json.loads(done.stdout)]


if __name__ == "__main__":
    lines = table(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
    if "--json" in sys.argv:
        print(json.dumps(lines))
    else:
        for size, seconds, per_row, peak in lines:
            print(f"{size:>9,} rows {seconds:8.2f} s   {per_row:6.1f} µs a row   {peak:6.1f} MB")
