"""Measure `derive.check` on documents whose truth is known: python -m tests.bench.generated [--seed N] [--count N]

Every line of the generated documents is right; then one line of each is made false. What was said of a line is the
worst of what was said of its equalities. No walkthrough is given where the program can do without; --list shows the
lines, --help all choices.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.bench.checker import checker
from tests.documents.derivations import Line
from tests.documents.writing import Document, Page, write

WORST = ("refuted", "missing", "not-understood", "undecided", "proved", "definition")


@dataclass(frozen=True)
class Said:
    """A line and the verdicts on its equalities, with the reasons."""

    line: Line
    text: str
    verdict: str
    told: str


def said_of(document: Document, page: Page, found: tuple[Any, ...]) -> Iterator[Said]:
    """What was said of every line of a document; of an equality that was not found: missing."""
    ends = (*page.starts[1:], page.text.count("\n") + 2)
    for line, start, end in zip(document.lines, page.starts, ends, strict=True):
        mine = [one for one in found if start <= one.line < end]
        verdicts = [one.verdict for one in mine]
        verdicts += ["missing"] * (len(line.members) - 1 - len(mine))
        worst = min(verdicts, key=WORST.index)
        told = next((f"{one.left} = {one.right} | {one.reason}" for one in mine if one.verdict == worst), "")
        yield Said(line, document.statement(line), worst, told)


def main() -> None:
    """Print how many right and false lines came to each verdict, with --list those that should not have."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1, help="the first document's")
    parser.add_argument("--count", type=int, default=100, help="how many documents")
    parser.add_argument("--list", action="store_true", help="the offending lines")
    parser.add_argument("--network", help="the walkthrough to judge with; by default none")
    parser.add_argument(
        "--form", default="", help="text, markdown, latex, html, code or notebook; by default each one's own"
    )
    asked = parser.parse_args()
    check = checker(asked.network)
    right: Counter[str] = Counter()
    acts: Counter[tuple[str, str]] = Counter()
    whole = 0
    slipped: Counter[str] = Counter()
    kinds: Counter[tuple[str, str]] = Counter()
    beside: Counter[str] = Counter()
    start = time.perf_counter()
    seconds = 0.0
    for seed in range(asked.seed, asked.seed + asked.count):
        document = write(seed)
        page = document.page(asked.form)
        before = time.perf_counter()
        said = list(said_of(document, page, check(page.text)))
        seconds += time.perf_counter() - before
        right.update(one.verdict for one in said)
        acts.update((one.line.act, _short(one.verdict)) for one in said)
        bad = [one for one in said if one.verdict not in ("proved", "definition")]
        whole += not bad
        if asked.list and bad:
            print(f"seed {seed} {document.form}: {len(bad)} of {len(said)} right lines")
            for one in bad:
                print(f"   {one.verdict.upper():14} {one.line.act:8} {one.text}\n{'':26}{one.told[:200]}")
        wrong = document.slipped(random.Random(seed))
        if wrong is None:
            continue
        other, slip = wrong
        page = other.page(asked.form)
        again = list(said_of(other, page, check(page.text)))
        mine = again[slip.number]
        slipped[mine.verdict] += 1
        kinds[slip.kind, _short(mine.verdict)] += 1
        if asked.list and mine.verdict == "proved":
            print(f"seed {seed}: PROVED the false line ({slip.kind}) {mine.text}\n{'':26}{mine.told[:200]}")
        for number, (one, was) in enumerate(zip(again, said, strict=True)):
            if number != slip.number and one.verdict == "refuted" and was.verdict != "refuted":
                beside["refuted"] += 1
                if asked.list:
                    print(f"seed {seed}: REFUTED beside the false line {mine.text}")
                    print(f"   {one.text}\n{'':26}{one.told[:200]}")
    total = sum(right.values())
    print(f"\n{asked.count} documents from seed {asked.seed}, {total} right lines; {whole} documents right throughout")
    print("right lines:", _told(right, total, good=("proved", "definition")))
    for act in dict.fromkeys(act for act, _ in acts):
        print(f"   {act:9}", {verdict: n for (a, verdict), n in sorted(acts.items()) if a == act})
    print("false lines:", _told(slipped, sum(slipped.values()), good=("refuted", "undecided")))
    for kind in dict.fromkeys(kind for kind, _ in sorted(kinds)):
        print(f"   {kind:9}", {verdict: n for (k, verdict), n in sorted(kinds.items()) if k == kind})
    print("newly refuted beside a false line:", beside["refuted"])
    print(f"checked in {seconds:.1f}s, {time.perf_counter() - start:.1f}s in all", file=sys.stderr)


def _short(verdict: str) -> str:
    return "right" if verdict in ("proved", "definition") else verdict


def _told(counts: Counter[str], total: int, *, good: tuple[str, ...]) -> str:
    share = sum(counts[verdict] for verdict in good) / max(1, total)
    listed = ", ".join(f"{counts[verdict]} {verdict}" for verdict in WORST[::-1])
    return f"{listed}: {share:.1%} as they should be"


if __name__ == "__main__":
    main()
