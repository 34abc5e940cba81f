"""Auditing beside the reading that it takes, in one run, and a class of workbooks on all cores.

    python -m tests.bench.auditing [FILES]

First a workbook of one sheet of 1,000 rows and 31 columns: the two `openpyxl.load_workbook` calls that reading it takes
(formulas, then values), and the whole audit, in turn, five times; medians of the processor time and the ratio. Then
FILES (default 200) copies of a class's workbook of 68 rows by two processes: files a second on the clock.
"""

import shutil
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl

from derive.walkthrough import load_walkthrough, with_changes
from sheets.auditing import audit, audit_many
from sheets.building.workbook import build

RUNS = 5


def _built(path: Path, rows: int) -> Path:
    """The main walkthrough's workbook with one learning rate."""
    build(with_changes(load_walkthrough("kanungo"), updates=rows - 1, learning_rates=[Decimal("0.5")]), path)
    return path


def _load_twice(path: Path) -> None:
    openpyxl.load_workbook(path)
    openpyxl.load_workbook(path, data_only=True)


def _measure(path: Path) -> tuple[float, float]:
    """Median seconds of the two loads, and of the audit."""
    loads, audits = [], []
    audit(path)  # imports and grammars, once a process
    for _ in range(RUNS):
        for seconds, work in ((loads, _load_twice), (audits, audit)):
            start = time.process_time()
            work(path)
            seconds.append(time.process_time() - start)
    return statistics.median(loads), statistics.median(audits)


def main(files: int) -> None:
    """Measure and print."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        loads, audits = _measure(_built(folder / "rows.xlsx", 1_000))
        print(f"two load_workbook calls   {loads:6.2f} s")
        print(f"audit, loading included   {audits:6.2f} s   {audits / loads:.2f} times the loads")
        first = _built(folder / "class0.xlsx", 68)
        paths = [first, *(folder / f"class{n}.xlsx" for n in range(1, files))]
        for path in paths[1:]:
            shutil.copy(first, path)
        with ProcessPoolExecutor(2) as executor:
            list(audit_many(paths[:2], executor))
            start = time.perf_counter()
            verdicts = [report.verdict for report in audit_many(paths, executor)]
            seconds = time.perf_counter() - start
        print(f"{len(verdicts)} workbooks on 2 processes: {seconds:.1f} s, {len(verdicts) / seconds:.1f} a second")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
