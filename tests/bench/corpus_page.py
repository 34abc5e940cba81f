"""Write docs/corpus.md: python -m tests.bench.corpus_page > docs/corpus.md

How `derive check` agrees with the real derivations and the lines of real workbooks that lie beside the checkout.
"""

import sys
from collections import Counter
from collections.abc import Iterator

from tests.bench.corpus import SHARED, Compared, agrees_in_slip, measure
from tests.bench.texts import measure as measure_texts

_ABOUT = (
    "Made by `python -m tests.bench.corpus_page > docs/corpus.md`; the corpus is not part of the project. The program",
    "was built on these documents; on new ones it does worse. Measured once on documents that nobody had looked at, by",
    "`python -m tests.bench.corpus --folder`, and mended after (no repository holds them): of 963 rows of 38 documents",
    "91.3 % of the scalar rows were understood, 16 right rows called wrong and 11 wrong ones right (the judge before:",
    "71.1 %, 22 and 3); then of 1,212 rows of 45 other ones 88.0 %, 43 and 12; of 1,008 rows of 31, 94.2 %, 14 and 11;",
    "of 989 rows of 33, half of them code and indices, 90.9 %, 18 and 10; of 663 rows of 27, 94.4 %, 10 and 6; of 701",
    "rows of 30, from calculus and physics to matrices, 83.3 %, 14 and 5; of 729 rows of 29, 24 of them",
    "public, 98.0 % of the scalar ones (60 % of those with indices, 56 % with matrices, 97 % of code), 9 and 8; of 747",
    "rows of 30, 28 of them public, from statistics to economics, 90.7 % (sums 67 %, indices 62 %, matrices 60 %, code",
    "86 %), 5 and 15; of 867 rows of 34, 23 of them public, with small autograd engines, notes and NumPy, 98.6 % (sums",
    "77 %, indices 92 %, matrices 75 %, code 99 %), 23 and 8. Of further public documents every verdict was read by",
    "hand: in 25 with numbers, sheets of many problems among them, 37 right lines were called wrong and 3 of these",
    "still are; in 23 with arrays 8 and none, and of 54 wrong twins of their lines one was called right; in 65 pieces",
    "of public texts and programs with 913 equalities 12 and none.",
    "A row of truth is one equality of a real derivation. *Agrees* means: right, numeric and definition rows proved or",
    "taken as definitions, wrong rows refuted, malformed rows mended with the verdict that they deserve, or not",
    "understood. *Missed* rows are those for which no equality was found on their line; equalities told in words are",
    "among them. A row that stands for several equalities (\"chain of 7 equalities\") is as good as the worst of them.",
)
_ABOUT_THE_REST = (
    "46.md, 52.tex and 57.md: vectors, matrices and sums over indices that truth counts as scalar. 18.md and 56.md:",
    "equalities in words (\"gives\", \"is equal to\"). 58.md: a limit, matrices in code. 45.md: indices i and j, and a",
    "neuron's name for its output. 07.md: what a picture shows beside its alternative text.",
)
_KINDS = ("agrees", "undecided", "not-understood", "missed", "right called wrong", "wrong called right")
_CAUSES = {
    ("40.md", 109): "the text itself says that δ has the other sign here; refuted under the δ of line 99",
}


def page() -> Iterator[str]:
    """The lines of the page."""
    files = list(measure(SHARED / "derivations", []))
    rows = [one for _, compared, _, _ in files for one in compared]
    texts: Counter[tuple[str, str]] = Counter(
        (row["verdict"], said) for row, said, _ in measure_texts(SHARED / "workbooks")
    )
    yield "# How the checker does on what people really wrote"
    yield ""
    yield from _ABOUT
    yield ""
    yield from _table(rows)
    yield from _figures(rows)
    yield ""
    yield "## File by file"
    yield ""
    yield "| file | rows | equalities found | proved | definitions | refuted | undecided | not understood | agrees |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for name, compared, found, _ in files:
        counts = Counter(one.verdict for one in found)
        same = sum(one.kind == "agrees" for one in compared)
        told = " | ".join(str(counts[v]) for v in ("proved", "definition", "refuted", "undecided", "not-understood"))
        yield f"| {name} | {len(compared)} | {len(found)} | {told} | {same} |"
    yield ""
    yield "## Lines typed beside the tables of real workbooks"
    yield ""
    yield "The lines of one workbook are read as one document (`check_snippets`)."
    yield ""
    words = ("ok", "wrong", "undecided", "unread", "nothing")
    yield "| truth | " + " | ".join(words) + " |"
    yield "|---|" + "---|" * len(words)
    for verdict in ("ok", "WRONG", "notation", "unread"):
        yield f"| {verdict} | " + " | ".join(str(texts[verdict, word]) for word in words) + " |"
    yield ""
    yield from _wrong_in_truth()
    yield ""
    yield "## What is left"
    yield ""
    yield from _left(rows)


def _table(rows: list[Compared]) -> Iterator[str]:
    yield "| form | " + " | ".join(_KINDS) + " | rows |"
    yield "|---|" + "---|" * (len(_KINDS) + 1)
    for form in ("scalar", "index-or-matrix"):
        counts = Counter(one.kind for one in rows if one.row.form == form)
        yield f"| {form} | " + " | ".join(str(counts[kind]) for kind in _KINDS) + f" | {sum(counts.values())} |"
    yield ""


def _figures(rows: list[Compared]) -> Iterator[str]:
    scalar = [one for one in rows if one.row.form == "scalar"]
    understood = sum(one.kind not in ("missed", "not-understood") for one in scalar)
    false = [one for one in rows if one.row.verdict == "wrong"]
    refuted = [one for one in false if one.found is not None and one.found.verdict == "refuted"]
    named = sum(agrees_in_slip(one) for one in refuted)
    yield f"- scalar rows understood: {understood} of {len(scalar)}, {understood / len(scalar):.1%}"
    yield f"- refuted rows with the slip that truth names: {named} of {len(refuted)}, {named / len(refuted):.0%}"


def _wrong_in_truth() -> Iterator[str]:
    yield "Lines that truth calls ok and that are wrong, with the proof:"
    yield ""
    yield "- wb45 C6 to C9: `∂(E1 + E1)/∂w5` is 2·∂E1/∂w5, and for w7 it is 0; the same lines are `wrong` in 28.md."
    yield "- wb24 L39: `d(act_h2*dw6)/dw8` is 0 where act_h2 is needed; the same line is `wrong` in 05.md."
    yield "- wb44 M8: `∂(1/1+exp(-o1))/∂o1` is -exp(-o1), not the slope of the sigmoid; brackets are missing."
    yield "- wb51 M9: `∂(sigmoid(a_01))/∂o_1` differentiates σ(a_o1), where σ(o_1) is meant."


def _left(rows: list[Compared]) -> Iterator[str]:
    yield "Rows that are called wrong or right against truth, and the cause:"
    yield ""
    against = [one for one in rows if one.kind in ("right called wrong", "wrong called right")]
    if not against:
        yield "None."
    for one in against:
        cause = _CAUSES.get((one.row.file, one.row.line), "")
        yield f"- {one.row.file}, line {one.row.line} ({one.row.verdict}, {one.kind}): {cause}"
    yield ""
    yield "Scalar rows that are not understood or not found, by file:"
    yield ""
    counts = Counter(
        one.row.file for one in rows if one.row.form == "scalar" and one.kind in ("not-understood", "missed")
    )
    yield ", ".join(f"{name} {count}" for name, count in counts.most_common()) + "."
    yield ""
    yield from _ABOUT_THE_REST


def main() -> None:
    """Print the page."""
    sys.stdout.write("\n".join(page()) + "\n")


if __name__ == "__main__":
    main()
