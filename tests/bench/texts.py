"""Measure the reader on the formula lines typed beside real tables: python -m tests.bench.texts [--list]

The lines of one workbook are read as one document; a line of texts.tsv is right when no equality in it is refuted.
"""

import csv
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from derive.checking import Checked, check_snippets
from derive.walkthrough import load_walkthrough

SHARED = Path(__file__).resolve().parents[3] / "shared"


def said_of(checked: tuple[Checked, ...]) -> str:
    """One word for all equalities of a line: nothing, wrong, unread, undecided or ok."""
    verdicts = {one.verdict for one in checked}
    if not verdicts:
        return "nothing"
    for verdict, word in (("refuted", "wrong"), ("not-understood", "unread"), ("undecided", "undecided")):
        if verdict in verdicts:
            return word
    return "ok"


def measure(folder: Path) -> Iterator[tuple[dict[str, str], str, tuple[Checked, ...]]]:
    """Each row of texts.tsv with what was said of it."""
    walkthrough = load_walkthrough("kanungo")
    with (folder / "texts.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    for name, group in groupby(rows, key=lambda row: row["file"]):
        lines = list(group)
        for row, checked in zip(lines, check_snippets([row["text"] for row in lines], walkthrough, name), strict=True):
            yield row, said_of(checked), checked


def main() -> None:
    """Print the table of truth against what was said, and with --list every disagreement."""
    start = time.perf_counter()
    counts: Counter[tuple[str, str]] = Counter()
    for row, said, checked in measure(SHARED / "workbooks"):
        counts[row["verdict"], said] += 1
        expected = {"ok": "ok", "WRONG": "wrong"}.get(row["verdict"])
        if "--list" in sys.argv and expected is not None and said != expected:
            print(f"{row['file']} {row['where']} [{row['verdict']} {row['notes']}] {said}: {row['text']}")
            for one in checked:
                if one.verdict not in ("proved", "definition"):
                    print(f"      {one.verdict}: {one.left} = {one.right} | {one.reading or ''}")
                    print(f"          {one.reason} | {one.slip}")
    for (verdict, said), count in sorted(counts.items()):
        print(f"{verdict:9} {said:10} {count}")
    print(f"{time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
