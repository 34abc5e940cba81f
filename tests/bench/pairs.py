"""Published pairs of formulas: our verdicts beside the label, and beside SymPy's `simplify` and `equals`.

    python -m tests.bench.pairs ../shared/equality/pairs.tsv

The file has a line a pair, with tabs between: number, suite, class, label (1 equal, 0 not), left, right. SymPy has 20
seconds for each question; what it answers is compared with the label, except where docs/equality.md overrules that.
The tables are written into docs/equality.md, between its marks.
"""

import csv
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import sympy as sp

from derive.equal import decide_pair
from derive.errors import DeriveError
from derive.formulas import read_free

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "equality.md"
CAP = 20

OVERRULED = {
    "373": "equal to fifteen digits only: decimals are exact here, and at y = 1/2 the sides differ in the sixteenth",
    "580": "differs in the thirteenth digit of a number that is written exactly",
}
"""Rows whose label we overrule, with the reason."""


@dataclass(frozen=True)
class Pair:
    """One row of the file."""

    number: str
    suite: str
    group: str
    equal: bool
    left: str
    right: str


def read_pairs(path: Path) -> Iterator[Pair]:
    """The rows of the file."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield Pair(row["id"], row["source"], row["class"], row["equal"] == "1", row["left"], row["right"])


def ours(pair: Pair) -> tuple[str, str]:
    """proved, refuted, undecided or not understood, and why."""
    decided = decide_pair(pair.left, pair.right)
    return ("not understood" if "not understood" in decided.reason else decided.word), decided.reason


def is_wrong(pair: Pair, answer: str) -> bool:
    """Whether a definite answer contradicts the label."""
    label = pair.equal and pair.number not in OVERRULED
    return (answer == "proved" and not label) or (answer == "refuted" and label)


class _TooLate(Exception):
    pass


def within(seconds: int, question: Callable[[], Any]) -> str:
    """proved, refuted or undecided by a question's answer (true, false, else), or that it took too long."""
    def late(_signal: int, _frame: FrameType | None) -> None:
        raise _TooLate

    signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        answer = question()
    except _TooLate:
        return f"over {seconds} s"
    except Exception:  # SymPy's own faults are an answer of this table
        return "error"
    finally:
        signal.alarm(0)
    return {True: "proved", False: "refuted"}.get(answer, "undecided")


def peers(pair: Pair) -> dict[str, str]:
    """What SymPy answers; simplify only ever shows equality, so its other answer counts as refuted, as it is used."""
    try:
        left, right = (read_free(side).doit() for side in (pair.left, pair.right))
    except DeriveError:
        return {}
    return {
        "simplify(a-b) == 0": within(CAP, lambda: sp.simplify(left - right) == 0),
        "a.equals(b)": within(CAP, lambda: left.equals(right)),
    }


def tables(path: Path) -> str:
    """The tables in Markdown."""
    verdicts: dict[str, Counter[tuple[str, bool, str]]] = {}
    wrong: Counter[tuple[str, str]] = Counter()
    still: list[str] = []
    pairs = list(read_pairs(path))
    for pair in pairs:
        answer, reason = ours(pair)
        for who, said in {"derive": answer, **peers(pair)}.items():
            verdicts.setdefault(who, Counter())[pair.group, pair.equal, said] += 1
            wrong[who, pair.group] += is_wrong(pair, said)
        if answer == "undecided" or (answer == "not understood" and pair.group == "exp-log-rational"):
            still.append(f"| {pair.number} | {pair.group} | {reason if answer == 'undecided' else answer} |")
    lines = []
    answers = ["proved", "refuted", "undecided", "not understood", f"over {CAP} s", "error"]
    groups = sorted({pair.group for pair in pairs})
    for who, counts in verdicts.items():
        lines += ["", f"**{who}**" + (f" (SymPy {sp.__version__})" if who != "derive" else ""), "",
                  f"| class | label | {' | '.join(answers)} | wrong |", "|---" * (len(answers) + 3) + "|"]
        for group in groups:
            for label in (True, False):
                row = [str(counts[group, label, answer]) for answer in answers]
                if any(figure != "0" for figure in row):
                    contradicted = str(wrong[who, group]) if label else ""
                    lines.append(f"| {group} | {'equal' if label else 'not'} | {' | '.join(row)} | {contradicted} |")
    lines += ["", "Undecided, by their numbers in the file:", "", "| row | class | reason |", "|---|---|---|", *still]
    lines += ["", "Labels overruled:", "", "| row | why |", "|---|---|"]
    lines += [f"| {number} | {why} |" for number, why in OVERRULED.items()]
    return "\n".join(lines).strip()


def write_between(name: str, text: str, document: Path = DOCUMENT) -> None:
    """Replace what stands between the marks of a name in a document, docs/equality.md unless told."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, _, rest = document.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    document.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def main(arguments: list[str]) -> None:
    """Write the tables."""
    write_between("pairs", tables(Path(arguments[0])))


if __name__ == "__main__":
    main(sys.argv[1:])
