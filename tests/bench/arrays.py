"""Rows of the corpora about sums, indices, matrices and array code: what is said of them, and how long a claim takes.

    python -m tests.bench.arrays

Needs the documents beside the checkout. The table is written into docs/equality.md, between its marks.
"""

import csv
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from derive.checking import check
from tests.bench.corpus import SHARED, Row, compare
from tests.bench.pairs import write_between

FORMS = frozenset(("sum", "index", "matrix", "code", "index-or-matrix"))
KINDS = ("agrees", "undecided", "not-understood", "missed", "right called wrong", "wrong called right")


def rows_of(folder: Path) -> list[Row]:
    """The rows of truth.tsv; a column that the folder does not have is empty."""
    with (folder / "truth.tsv").open(encoding="utf-8", newline="") as file:
        found = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [
            Row(r["file"], int(r["line"]), int(r["step"]), r["equation"], r["verdict"], r["class"],
                r.get("if_repaired") or "", r["form"])
            for r in found
        ]  # fmt: skip


def measured(folder: Path) -> Iterator[tuple[str, Counter[str], float, int]]:
    """Each document: its name, the kinds of its rows about arrays, the seconds it took, and its claims."""
    rows = rows_of(folder)
    for name in sorted({row.file for row in rows if row.form in FORMS}):
        began = time.process_time()
        found = check((folder / name).read_text(encoding="utf-8"), None, name)
        took = time.process_time() - began
        pairs = compare([row for row in rows if row.file == name], found)
        yield name, Counter(one.kind for one in pairs if one.row.form in FORMS), took, len(found)


def main() -> None:
    """Write the table."""
    head = f"| documents | rows | {' | '.join(KINDS)} | median of a claim | slowest document |"
    lines = [head, "|---|---|" + "---|" * (len(KINDS) + 2)]
    for folder in ("derivations", "contact"):
        counts: Counter[str] = Counter()
        times: list[float] = []
        slowest = ("", 0.0)
        for name, kinds, took, claims in measured(SHARED / folder):
            counts += kinds
            times += [took / max(1, claims)] * claims
            slowest = max(slowest, (name, took), key=lambda pair: pair[1])
        cells = [str(counts[kind]) for kind in KINDS]
        cells += [f"{statistics.median(times) * 1000:.0f} ms", f"{slowest[0]}, {slowest[1]:.1f} s"]
        lines.append(f"| {folder} | {counts.total()} | {' | '.join(cells)} |")
    write_between("arrays", "\n".join(lines))


if __name__ == "__main__":
    main()
