"""Measure `derive check` on the real derivations beside the checkout: python -m tests.bench.corpus [--list] [FILE...]

Agreement with truth.tsv, row by row: a truth row is paired with the equality of the same line that reads most like it.
`--json FILE` keeps all verdicts of a run, `--against FILE` lists what differs from a run that was kept.
"""

import argparse
import csv
import html
import json
import re
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any

from tests.bench.checker import Check, checker

SHARED = Path(__file__).resolve().parents[3] / "shared"
CORPORA = ("derivations", "contact")
AGREES = {
    "right": {"proved", "definition"},
    "definition": {"definition", "proved"},
    "numeric": {"proved", "definition"},
    "wrong": {"refuted"},
    "either": {"proved", "definition", "refuted", "undecided", "not-understood"},
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
_FORMS = ("scalar", "sum", "index", "matrix", "index-or-matrix", "code")


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
    found: Any

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
        if found.verdict in AGREES["either" if row.slip == "either" else row.verdict]:
            return "agrees"
        if found.verdict in ("not-understood", "undecided"):
            return str(found.verdict)
        return "wrong called right" if row.verdict == "wrong" else "right called wrong"


def agrees_in_slip(one: Compared) -> bool:
    """Whether a refuted row has the slip that truth names."""
    named = ((one.found.slip if one.found is not None else None) or "none").partition(":")[0]
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
            r["class"] or "",
            r.get("if_repaired") or "",
            r["form"] or "",
        )
        for r in rows
    ]


_COMMANDS = {
    "partial": "∂",
    "part": "∂",
    "sum": "Σ",
    "ell": "l",
    "approx": "=",
    "equiv": "=",
    "prime": "'",
    "nabla": "∇",
}
_SHOWN_AS_NOTHING = re.compile(r"\\(?:begin|end|color|textcolor|label|tag|hspace|vspace)\s*\{[^{}]*\}|\\\\|&")
_LETTER = re.compile(r"\\([A-Za-z]+)")
_ALIKE = str.maketrans(
    {**dict.fromkeys("δӘәƏəძ∆Ꝺ", "∂"), **dict.fromkeys("−–—‒﹣－‐‑", "-"), **dict.fromkeys("’′‘ʹ", "'"), "∑": "Σ"}
)
_MARKS = re.compile(r"[\s_{}()\[\]*$`\\/^·×⋅∙⟨⟩]|[\ue000-\uf8ff]")


@cache
def plain(text: str) -> str:
    """A text by which equalities are compared, whatever their markup: letters, digits, signs of addition."""
    text = re.sub(r"</?[a-z][^<>]*>", "", html.unescape(text)) if "<" in text or "&" in text else text
    text = _LETTER.sub(_command, _SHOWN_AS_NOTHING.sub(" ", text))
    text = unicodedata.normalize("NFKC", text.translate(_ALIKE)).translate(_ALIKE)
    return _MARKS.sub("", text).casefold()


def _command(match: re.Match[str]) -> str:
    """What a command of LaTeX shows: a Greek letter, a sign, its own name for a function, or nothing."""
    name = match.group(1)
    if name in _COMMANDS:
        return _COMMANDS[name]
    case = "CAPITAL" if name[0].isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"GREEK {case} LETTER {name.removeprefix('var').upper().replace('LAMBDA', 'LAMDA')}")
    except KeyError:
        return name if name in ("exp", "ln", "log", "tanh", "max", "min", "hat", "tilde", "bar") else ""


def compare(rows: list[Row], found: tuple[Any, ...]) -> Iterator[Compared]:
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


def measure(
    folder: Path, only: list[str], check: Check | None = None
) -> Iterator[tuple[str, list[Compared], tuple[Any, ...], float]]:
    """Every file with its compared rows, all equalities found, and seconds."""
    check = check or checker()
    rows = truth(folder)
    for name in dict.fromkeys(row.file for row in rows):
        if only and name not in only:
            continue
        start = time.perf_counter()
        found = check((folder / name).read_text(encoding="utf-8", errors="replace"))
        took = time.perf_counter() - start
        mine = [row for row in rows if row.file == name]
        yield name, list(compare(mine, found)), found, took


@dataclass(frozen=True)
class Kept:
    """One verdict of a run, as `--json` keeps it; `truth` is that of the row it was paired with."""

    file: str
    line: int
    left: str
    right: str
    verdict: str
    reason: str
    truth: str

    @property
    def text(self) -> str:
        """The equality and the reason, in one line."""
        return f"{self.verdict:14} {self.left} = {self.right}" + (f" | {self.reason}" if self.reason else "")


def kept(file: str, compared: list[Compared], found: tuple[Any, ...]) -> Iterator[Kept]:
    """All verdicts of one file."""
    rows = {id(one.found): one.row for one in compared if one.found is not None}
    for one in found:
        row = rows.get(id(one))
        told = f"{row.verdict} {row.form}" if row else ""
        yield Kept(file, one.line, one.left or "", one.right or "", one.verdict, one.reason or "", told)


def differences(before: list[Kept], after: list[Kept]) -> Iterator[tuple[Kept | None, Kept | None]]:
    """What another run said otherwise, line by line; equalities of a line are paired by what they read like."""
    places = dict.fromkeys((one.file, one.line) for one in (*before, *after))
    for place in sorted(places, key=lambda place: (place[0], place[1])):
        old = [one for one in before if (one.file, one.line) == place]
        new = [one for one in after if (one.file, one.line) == place]
        alike = sorted(
            (
                (-SequenceMatcher(None, plain(a.left + "=" + a.right), plain(b.left + "=" + b.right)).ratio(), i, j)
                for i, a in enumerate(old)
                for j, b in enumerate(new)
            ),
        )
        partner: dict[int, int] = {}
        for ratio, i, j in alike:
            if i not in partner and j not in partner.values() and ratio < -_SAME_EQUALITY:
                partner[i] = j
        for i, a in enumerate(old):
            b = new[partner[i]] if i in partner else None
            if b is None or a.verdict != b.verdict:
                yield a, b
        yield from ((None, b) for j, b in enumerate(new) if j not in partner.values())


_SAME_EQUALITY = 0.4


def _list(compared: list[Compared], found: tuple[Any, ...]) -> Iterator[str]:
    """Every disagreement of a file, and what was found beside the rows of truth."""
    for one in compared:
        said, row = one.found, one.row
        if row.verdict == "wrong" and said is not None and said.verdict == "refuted" and not agrees_in_slip(one):
            yield f"   SLIP {said.line} [{row.slip}] {said.left} = {said.right} | {said.slip}"
        if one.kind != "agrees":
            yield (
                f"   {row.line}:{row.step} {row.form[:3]} {one.kind.upper()} "
                f"[{row.verdict} {row.slip}] {row.equation[:150]}"
            )
            if said is not None:
                told = f"        -> {said.line} {said.left} = {said.right} | {said.reading or ''} | {said.reason}"
                yield told[:420]
    used = {id(one.found) for one in compared if one.found is not None}
    for extra in found:
        if id(extra) not in used and extra.verdict not in ("proved", "definition"):
            yield f"   EXTRA {extra.line} {extra.verdict} {extra.left} = {extra.right} | {extra.reason}"[:260]


def _figures(rows: list[Compared]) -> Iterator[str]:
    """The figures of one corpus, form by form."""
    for form in _FORMS:
        kinds = Counter(one.kind for one in rows if one.row.form == form)
        total = sum(kinds.values())
        if total:
            understood = total - kinds["missed"] - kinds["not-understood"]
            yield f"  {form:16} {total:5} rows, {understood / total:6.1%} understood {dict(kinds.most_common())}"
    false = [one for one in rows if one.row.verdict == "wrong"]
    refuted = [one for one in false if one.found is not None and one.found.verdict == "refuted"]
    wrong = Counter(one.found.verdict if one.found is not None else "missed" for one in false)
    named = sum(map(agrees_in_slip, refuted))
    yield f"  wrong rows: {dict(wrong.most_common())}; slip of truth in {named} of {len(refuted)}"
    for bad in ("right called wrong", "wrong called right"):
        yield f"  {bad}: {sum(one.kind == bad for one in rows)}"


def _told_apart(before: list[Kept], after: list[Kept]) -> Iterator[str]:
    """The differences of two runs, and how many there are of each kind."""
    turns: Counter[tuple[str, str]] = Counter()
    for old, new in differences(before, after):
        turns[old.verdict if old else "-", new.verdict if new else "-"] += 1
        place = old or new
        assert place is not None
        truth_told = (old.truth if old else "") or (new.truth if new else "")
        yield f"{place.file}:{place.line} [{truth_told}]"
        yield from (f"   {sign} {one.text[:230]}" for sign, one in (("-", old), ("+", new)) if one is not None)
    yield f"{sum(turns.values())} differences"
    yield from (f"   {old:14} -> {new:14} {count}" for (old, new), count in turns.most_common())


def main() -> None:
    """Print the figures, and with --list every disagreement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", help="names of files, all by default")
    parser.add_argument("--list", action="store_true", help="every disagreement with truth")
    parser.add_argument("--corpus", choices=CORPORA, action="append", help="one of the two folders")
    parser.add_argument("--folder", type=Path, help="another folder with a truth.tsv")
    parser.add_argument("--network", help="the walkthrough to judge with")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep all verdicts")
    parser.add_argument("--against", type=Path, metavar="FILE", help="what differs from a run that was kept")
    asked = parser.parse_args()
    check = checker(asked.network)
    folders = [asked.folder] if asked.folder else [SHARED / name for name in asked.corpus or CORPORA]
    told: list[str] = []
    everything: list[Kept] = []
    for folder in folders:
        rows: list[Compared] = []
        seconds, slowest = 0.0, (0.0, "")
        for name, compared, found, took in measure(folder, asked.files, check):
            kinds = Counter(one.kind for one in compared)
            print(f"{name:10} {len(compared):4} rows {took:5.1f}s", dict(kinds))
            if asked.list:
                sys.stdout.writelines(f"{line}\n" for line in _list(compared, found))
            rows += compared
            everything += kept(f"{folder.name}/{name}", compared, found)
            seconds += took
            slowest = max(slowest, (took, name))
        told += [
            f"{folder.name}: {len(rows)} rows, {seconds:.1f}s, slowest {slowest[1]} {slowest[0]:.1f}s",
            *_figures(rows),
        ]
    print("\n".join(told))
    if asked.json:
        asked.json.write_text(json.dumps([vars(one) for one in everything], ensure_ascii=False, indent=0))
    if asked.against:
        before = [Kept(**one) for one in json.loads(asked.against.read_text())]
        print("\n".join(_told_apart(before, everything)))


if __name__ == "__main__":
    main()
