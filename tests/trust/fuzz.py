"""Hostile input by coverage-guided fuzzing: text, LaTeX, TOML, Excel formulas, workbooks, certificates.

    python -m tests.trust.fuzz TARGET SECONDS [CORPUS]

TARGET is one of the names in TARGETS. The input is grown by atheris (`pip install atheris`; Linux and macOS) from the
seeds that stand in the tests' own tables. What ends in anything but an answer or a DeriveError, what takes over ten
seconds or a gigabyte, stops the run, and the input is left in CORPUS/crash-* (a folder of the system's unless told).
"""

import contextlib
import csv
import io
import os
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from derive.defects import TRACEBACK

ROOT = Path(__file__).parent.parent.parent
LONGEST = 10
MOST_MEGABYTES = 1024
LARGEST = {"workbook": 60_000, "sheet": 60_000, "toml": 20_000, "certificate": 20_000}
"""Bytes of an input, where that is not 4096."""


def try_text(content: bytes) -> None:
    """A text is checked."""
    from derive.errors import DeriveError
    from derive.verdicts import check

    with contextlib.suppress(DeriveError):
        check(content.decode("utf-8", "replace"))


def try_latex(content: bytes) -> None:
    """The same in a document of LaTeX."""
    from derive.errors import DeriveError
    from derive.verdicts import check

    body = content.decode("utf-8", "replace")
    with contextlib.suppress(DeriveError):
        check("\\documentclass{article}\\begin{document}\n\\[" + body + "\\]\n\\end{document}\n")


def try_formula(content: bytes) -> None:
    """Two formulas are decided, and what is decided is replayed."""
    import json

    from derive.certificates import certificate_of, verified

    left, _, right = content.decode("utf-8", "replace").partition("\t")
    decided, certificate = certificate_of(left, right or left)
    if certificate is not None:
        assert verified(json.loads(json.dumps(certificate))) == decided.word


def try_certificate(content: bytes) -> None:
    """A certificate is replayed."""
    import msgspec

    from derive.certificates import verified
    from derive.kernel import RejectedError

    with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, RejectedError, RecursionError):
        verified(msgspec.json.decode(content))


def try_toml(content: bytes) -> None:
    """A walkthrough is loaded."""
    from derive.errors import DeriveError
    from derive.walkthrough import load_walkthrough

    with tempfile.NamedTemporaryFile(suffix=".toml") as file:
        file.write(content)
        file.flush()
        with contextlib.suppress(DeriveError):
            load_walkthrough(file.name)


def try_excel(content: bytes) -> None:
    """An Excel formula is read."""
    from derive.errors import DeriveError
    from derive.names import symbol
    from sheets.formulas.recover import recover

    with contextlib.suppress(DeriveError):
        recover(content.decode("utf-8", "replace"), lambda place: symbol("x"))


def try_workbook(content: bytes) -> None:
    """A workbook is audited."""
    from sheets.auditing import audit

    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(content)
        file.flush()
        audit(file.name)


def try_sheet(content: bytes) -> None:
    """A workbook whose sheet is this XML is audited."""
    made = io.BytesIO()
    with zipfile.ZipFile(seed_workbook()) as old, zipfile.ZipFile(made, "w") as new:
        for item in old.infolist():
            wanted = item.filename.endswith("sheet2.xml")
            new.writestr(item.filename, content if wanted else old.read(item))
    try_workbook(made.getvalue())


def seed_workbook() -> Path:
    """A small training of our own."""
    from derive.walkthrough import load_walkthrough, with_changes
    from sheets.building.workbook import build

    path = Path(tempfile.gettempdir(), "derive-sheets-fuzz.xlsx")
    if not path.exists():
        build(with_changes(load_walkthrough("kanungo"), updates=4), path, force=True)
    return path


def lines(table: str) -> Iterator[bytes]:
    """The rows of a table of cases."""
    with (ROOT / "tests" / "cases" / table).open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield "\t".join(row[:2]).encode()


def certificates() -> Iterator[bytes]:
    """Certificates of some equalities."""
    import json

    from derive.certificates import certificate_of

    for left, right in (("x*x", "x^2"), ("log(2*x)", "log(2)+log(x)"), ("abs(x)", "max(x,-x)"), ("x", "y")):
        yield json.dumps(certificate_of(left, right)[1]).encode()


def sheet() -> Iterator[bytes]:
    """The XML of a sheet of our own."""
    with zipfile.ZipFile(seed_workbook()) as archive:
        yield archive.read("xl/worksheets/sheet2.xml")


EXCEL = (b"=1/(1+EXP(-A3))", b"=SUM(A1:B3)*$G$1-IF(A1>0,A1,0)", b"=MMULT(A1:B2,TRANSPOSE(C1:D2))", b"=(A3-B3)^2/2%")
LATEX = (rb"\frac{\partial E}{\partial w_5} = (a-t)\sigma'(z)h_1", rb"\begin{aligned} a &= b \\ c &= d \end{aligned}")
TARGETS: dict[str, tuple[Callable[[bytes], None], Callable[[], Iterator[bytes]]]] = {
    "text": (try_text, lambda: lines("lines.tsv")),
    "latex": (try_latex, lambda: iter(LATEX)),
    "formula": (try_formula, lambda: lines("equality.tsv")),
    "certificate": (try_certificate, certificates),
    "toml": (try_toml, lambda: (path.read_bytes() for path in (ROOT / "derive/walkthrough/built_in").glob("*.toml"))),
    "excel": (try_excel, lambda: iter(EXCEL)),
    "workbook": (try_workbook, lambda: iter([seed_workbook().read_bytes()])),
    "sheet": (try_sheet, sheet),
}


def main(arguments: list[str]) -> None:
    """Fuzz one target."""
    import atheris

    os.environ[TRACEBACK] = "1"  # a defect that costs one claim is found, too
    target, seconds, *rest = arguments
    run, seeds = TARGETS[target]
    folder = Path(rest[0] if rest else tempfile.mkdtemp(prefix=f"fuzz-{target}-"))
    folder.mkdir(exist_ok=True)
    for number, seed in enumerate(seeds()):
        (folder / f"seed-{number}").write_bytes(seed)
    with atheris.instrument_imports(include=["derive", "sheets"]):
        run(b"")
    limits = [f"-max_total_time={seconds}", f"-timeout={LONGEST}", f"-rss_limit_mb={MOST_MEGABYTES}"]
    options = [*limits, f"-max_len={LARGEST.get(target, 4096)}", f"-artifact_prefix={folder}/", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *options, str(folder)], run)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
