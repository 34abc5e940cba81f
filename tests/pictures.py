"""Makes the pictures that README and docs show, from the real outputs: `python -m tests.pictures`.

Needs LibreOffice (soffice), TeX (pdflatex), Poppler (pdftoppm, pdftotext) and Chromium.
"""

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import sheets
from derive.latex import to_latex, to_slides
from derive.walkthrough import load_walkthrough

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"


def run(folder: Path, *command: str) -> str:
    """What a program prints."""
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=300)
    return done.stdout


def cut(folder: Path, pdf: str, page: int, name: str, box: tuple[int, int, int, int], dots: int) -> None:
    """A piece of a page as docs/pictures/NAME.png; the box is left, top, width, height in dots, `dots` an inch."""
    x, y, w, h = map(str, box)
    run(folder, "pdftoppm", "-png", "-singlefile", "-r", str(dots), "-f", str(page), "-l", str(page),
        "-x", x, "-y", y, "-W", w, "-H", h, pdf, str(PICTURES / name))  # fmt: skip


def page_of(folder: Path, pdf: str, *words: str) -> int:
    """The first page on which all words stand."""
    pages = run(folder, "pdftotext", "-layout", pdf, "-").split("\f")
    return 1 + next(place for place, text in enumerate(pages) if all(word in text for word in words))


def main() -> None:
    """Make all of them."""
    PICTURES.mkdir(exist_ok=True)
    with TemporaryDirectory() as made:
        folder = Path(made)
        sheets.build(load_walkthrough("kanungo"), folder / "kanungo.xlsx")
        run(folder, "soffice", "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--convert-to", "pdf", "kanungo.xlsx")  # fmt: skip
        verdicts, step, table = (
            page_of(folder, "kanungo.pdf", *words)
            for words in (("As written",), ("One update, number by number",), ("The first and the last rows",))
        )
        cut(folder, "kanungo.pdf", 1, "summary", (30, 30, 780, 830), 100)
        cut(folder, "kanungo.pdf", verdicts, "verdicts", (30, 30, 780, 420), 100)
        cut(folder, "kanungo.pdf", step, "step", (30, 30, 780, 980), 100)
        cut(folder, "kanungo.pdf", verdicts + 2, "charts", (30, 40, 1110, 700), 100)
        cut(folder, "kanungo.pdf", table, "table", (30, 30, 780, 520), 100)
        (folder / "kanungo.tex").write_text(to_latex("kanungo", standalone=True), encoding="utf-8")
        for _ in range(2):
            run(folder, "pdflatex", "-interaction=nonstopmode", "kanungo.tex")
        cut(folder, "kanungo.pdf", 1, "latex", (80, 90, 680, 1000), 100)
        (folder / "slides.tex").write_text(to_slides("kanungo", node="w5"), encoding="utf-8")
        for _ in range(2):
            run(folder, "pdflatex", "-interaction=nonstopmode", "slides.tex")
        last = len(run(folder, "pdftotext", "slides.pdf", "-").split("\f")) - 1
        cut(folder, "slides.pdf", last - 1, "slide", (0, 0, 630, 354), 100)


def lesson() -> None:
    """The pictures of docs/teaching.md: a sheet half filled, the page of a class, a marked copy."""
    from sheets.grading.course import Course, grade_class, write_class
    from tests.sheets.classes import make_class
    from tests.sheets.test_exercise import half_filled, maker

    with TemporaryDirectory() as made:
        folder = Path(made)
        exercise = maker("kanungo").make()
        (folder / "half.xlsx").write_bytes(half_filled(exercise))
        made_class = make_class(folder, 24, 20)
        course = Course.of(str(folder), feedback=str(folder / "feedback"))
        outcome = grade_class(str(folder / "hand-ins"), course)
        write_class(outcome, folder / "marks.csv", assignment="Week 3")
        shown = list(made_class.expected)[7]  # anchored in one column, numbers in another
        (folder / "marked.xlsx").write_bytes((folder / "feedback" / shown).read_bytes())
        run(folder, "soffice", "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--convert-to", "pdf", "half.xlsx", "marked.xlsx")  # fmt: skip
        cut(folder, "half.pdf", 2, "exercise", (688, 197, 1060, 215), 150)
        cut(folder, "marked.pdf", 1, "marked", (30, 40, 1100, 150), 100)
        cut(folder, "marked.pdf", 3, "marked-cells", (688, 197, 1060, 215), 150)
        run(folder, "chromium", "--headless", "--no-sandbox", "--hide-scrollbars", "--force-device-scale-factor=1",
            "--window-size=1180,900", f"--screenshot={PICTURES / 'class.png'}",
            (folder / "feedback" / "index.html").as_uri())  # fmt: skip


if __name__ == "__main__":
    main()
    lesson()
