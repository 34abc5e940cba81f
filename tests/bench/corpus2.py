"""Measure `derive check` on the real derivations beside the checkout: python -m tests.bench.corpus [--list] [FILE...]

Agreement with truth.tsv, row by row: a truth row is paired with the equality of the same line that reads most like it.
"""

import csv
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from derive.checking import Checked, check
from derive.documents.files import read_source
from derive.errors import DeriveError
from derive.formulas.signs import canonical
from derive.formulas.tokens import tokens_of
from derive.walkthrough import load_walkthrough

SHARED = Path(__file__).resolve().parents[3] / "shared"
AGREES = {
    "right": {"proved", "definition"},
    "definition": {"definition", "proved"},
    "numeric": {"proved", "definition"},
    "wrong": {"refuted"},
}


_SAME = {
    "wrong-link": "wrong-wrt",
    "exponent": "definition-slip",
    "numeric-substitution": "numeric",
    "numeric-digit": "numeric",
    "numeric-wrong": "numeric",
    "numeric-contradiction": "numeric",
    "numeric-hidden-formula": "numeric",
    "numeric-rounding": "numeric",
}
"""Classes of truth that are one for us."""
_TOLD = re.compile(r"\b(?:lines?|chain|equalit\w+|row)\b")
"""A row of truth that tells in words which equalities of its line it stands for."""
_SAID = re.compile(r"derivative of .* is ", re.IGNORECASE)
_MANY = re.compile(r"\bequalities\b")
_WORST = ("refuted", "not-understood", "undecided", "proved", "definition")
"""A row that stands for many equalities is as good as the worst of them."""


@dataclass(frozen=True)
class Row:
    """One row of truth."""

    file: str
    line: int
    step: int
    equation: str
    verdict: str
    slip: str
    repaired: str
    form: str


@dataclass(frozen=True)
class Compared:
    """A row of truth and what was said of it; None where nothing was."""

    row: Row
    found: Checked | None

    @property
    def kind(self) -> str:
        """agrees, missed, not-understood, undecided, or what is bad: right called wrong, wrong called right."""
        row, found = self.row, self.found
        if found is None:
            return "agrees" if row.verdict == "malformed" and row.repaired in ("-", "") else "missed"
        if row.verdict == "malformed":
            if found.verdict in ("not-understood", "undecided"):
                return "agrees"
            wanted = AGREES.get(row.repaired, {"refuted"})
            return (
                "agrees"
                if found.verdict in wanted
                else ("right called wrong" if found.verdict == "refuted" else "wrong called right")
            )
        if found.verdict in AGREES[row.verdict]:
            return "agrees"
        if found.verdict in ("not-understood", "undecided"):
            return found.verdict
        return "wrong called right" if row.verdict == "wrong" else "right called wrong"


def agrees_in_slip(one: Compared) -> bool:
    """Whether a refuted row has the slip that truth names."""
    named = ((one.found.slip if one.found else None) or "none").partition(":")[0]
    return _SAME.get(one.row.slip, one.row.slip) == _SAME.get(named, named)


def truth(folder: Path) -> list[Row]:
    """The rows of truth.tsv."""
    with (folder / "truth.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        Row(
            r["file"],
            int(r["line"]),
            int(r["step"]),
            r["equation"],
            r["verdict"],
            r["class"],
            r["if_repaired"],
            r["form"],
        )
        for r in rows
    ]


def plain(text: str) -> str:
    """A text by which equalities are compared, whatever their markup."""
    if "\\" in text:
        text = "".join(token.value for token in tokens_of(text, ((0, len(text)),))).replace("}{", "/")
    text = re.sub(r"<su[bp]>|</su[bp]>|&nbsp;", "", text)
    for entity, sign in (("&part;", "∂"), ("&sigma;", "σ"), ("&frac12;", "½")):
        text = text.replace(entity, sign)
    return re.sub(r"[\s_{}()\[\]*$`\\]", "", canonical(text).casefold())


def compare(rows: list[Row], found: tuple[Checked, ...]) -> Iterator[Compared]:
    """Each row of one file with the equality that it is about."""
    free = dict(enumerate(found))
    texts = {number: plain(f"{one.left} = {one.right}") for number, one in free.items()}
    pairs = []
    for place, row in enumerate(rows):
        wanted = plain(row.equation)
        for number, one in free.items():
            off = abs(one.line - row.line)
            if off > 6:
                continue
            alike = SequenceMatcher(None, wanted, texts[number], autojunk=False).ratio()
            if off == 0 and texts[number] in wanted:
                alike = max(alike, 0.9)
            if off == 0 and _SAID.search(row.equation) and wanted.endswith(plain(one.right or "-")):
                alike = 0.95  # a claim in words ends with what is claimed
            if off == 0 and row.equation.lstrip().startswith("="):
                alike = max(alike, SequenceMatcher(None, wanted, plain(f"= {one.right}"), autojunk=False).ratio())
            if alike >= (0.45 if off == 0 else 0.8):
                pairs.append((alike - 0.02 * off, place, number))
    chosen: dict[int, int] = {}
    used: set[int] = set()
    for _, place, number in sorted(pairs, key=lambda p: (-p[0], p[1], p[2])):
        if place not in chosen and number not in used:
            chosen[place] = number
            used.add(number)
    for place, row in enumerate(rows):
        if place not in chosen and _TOLD.search(row.equation):
            line = [number for number, one in free.items() if number not in used and one.line == row.line]
            line = line if _MANY.search(row.equation) else line[:1]
            used.update(line)
            if line:
                chosen[place] = min(line, key=lambda number: _WORST.index(free[number].verdict))
        yield Compared(row, free[chosen[place]] if place in chosen else None)


def measure(folder: Path, only: list[str]) -> Iterator[tuple[str, list[Compared], tuple[Checked, ...], float]]:
    """Every file with its compared rows, all equalities found, and seconds."""
    walkthrough = load_walkthrough("kanungo")
    rows = truth(folder)
    for name in dict.fromkeys(row.file for row in rows):
        if only and name not in only:
            continue
        start = time.perf_counter()
        try:
            found = check(read_source(str(folder / name)), None, name)
        except DeriveError as error:
            print(name, error, file=sys.stderr)
            continue
        mine = [row for row in rows if row.file == name]
        yield name, list(compare(mine, found)), found, time.perf_counter() - start


def main() -> None:
    """Print the figures, and with --list every disagreement."""
    listing = "--list" in sys.argv
    only = [arg for arg in sys.argv[1:] if not arg.startswith("-")]
    total: Counter[tuple[str, str]] = Counter()
    slips: Counter[bool] = Counter()
    seconds = 0.0
    for name, compared, found, took in measure(SHARED / "derivations", only):
        seconds += took
        used = {id(one.found) for one in compared if one.found}
        kinds = Counter(one.kind for one in compared)
        print(f"{name:8} {len(compared):4} rows {took:5.1f}s", dict(kinds))
        for one in compared:
            total[one.row.form, one.kind] += 1
            if one.row.verdict == "wrong" and one.found is not None and one.found.verdict == "refuted":
                slips[agrees_in_slip(one)] += 1
                if listing and not agrees_in_slip(one):
                    bad = one.found
                    print(f"   SLIP {bad.line} [{one.row.slip}] {bad.left} = {bad.right} | {bad.slip}")
            if listing and one.kind != "agrees":
                said = one.found
                row = one.row
                place = f"{row.line}:{row.step} {row.form[:3]} {one.kind.upper()}"
                print(f"   {place} [{row.verdict} {row.slip}] {row.equation[:150]}")
                if said:
                    print(
                        f"        -> {said.line} {said.left} = {said.right} | {said.reading or ''} | {said.reason}"[
                            :420
                        ]
                    )
        if listing:
            for extra in found:
                if id(extra) not in used and extra.verdict not in ("proved", "definition"):
                    print(f"   EXTRA {extra.line} {extra.verdict} {extra.left} = {extra.right} | {extra.reason}"[:260])
    print(dict(total), dict(slips), f"{seconds:.1f}s")
    scalar = {kind: count for (form, kind), count in total.items() if form == "scalar"}
    understood = sum(count for kind, count in scalar.items() if kind not in ("missed", "not-understood"))
    print(f"scalar understood {understood}/{sum(scalar.values())} = {understood / max(1, sum(scalar.values())):.1%}")


if __name__ == "__main__":
    main()
