"""What a row costs as tables grow, and the memory of the whole process.

    python -m tests.bench.rows [MOST_ROWS]

One sheet of 1,000, 10,000 and 100,000 rows (or up to MOST_ROWS, at most 1,048,574: Excel's last row), each built by a
process of its own, five times in turn. The time per row is the slope above the 1,000-row process, so that start-up does
not count. Memory is the peak of the whole process.
"""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

RUNS = 5


def measured(rows: int, target: Path) -> tuple[float, float]:
    """Seconds of processor time and peak megabytes of one build."""
    command = [sys.executable, "-m", "sheets", "build", "-o", str(target), "--rates", "0.5", "--epochs", str(rows - 1)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, f"{rows} rows failed"
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def table(most: int) -> list[tuple[int, float, float, float]]:
    """Rows, median seconds, microseconds for a row, peak megabytes."""
    sizes = [size for size in (1_000, 10_000, 100_000, 1_048_574) if size <= most]
    runs: dict[int, list[tuple[float, float]]] = {size: [] for size in sizes}
    with TemporaryDirectory() as folder:
        for _ in range(RUNS if most <= 100_000 else 1):
            for size in sizes:
                runs[size].append(measured(size, Path(folder, "rows.xlsx")))
    lines = []
    for size in sizes:
        seconds = statistics.median(taken for taken, _ in runs[size])
        base = statistics.median(taken for taken, _ in runs[sizes[0]])
        per_row = (seconds - base) / (size - sizes[0]) * 1e6 if size > sizes[0] else float("nan")
        lines.append((size, seconds, per_row, max(peak for _, peak in runs[size])))
    return lines


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
