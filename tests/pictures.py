"""Makes the pictures that README and docs show, from the real outputs: `python -m tests.pictures`.

Needs LibreOffice (soffice), TeX (pdflatex) and Poppler (pdftoppm, pdftotext).
"""

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import sheets
from derive.latex import to_latex
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
        training, verdicts, table = (
            page_of(folder, "kanungo.pdf", *words)
            for words in (("Training", "LR=2.0"), ("As written",), ("out_h1", "Learning rate", "∂E/∂w8"))
        )
        cut(folder, "kanungo.pdf", 1, "summary", (30, 30, 1030, 430), 100)
        cut(folder, "kanungo.pdf", training, "training", (30, 30, 1030, 390), 100)
        cut(folder, "kanungo.pdf", verdicts, "verdicts", (30, 30, 1030, 390), 100)
        cut(folder, "kanungo.pdf", table, "table", (60, 85, 1200, 320), 300)
        (folder / "kanungo.tex").write_text(to_latex("kanungo", standalone=True), encoding="utf-8")
        for _ in range(2):
            run(folder, "pdflatex", "-interaction=nonstopmode", "kanungo.tex")
        cut(folder, "kanungo.pdf", 1, "latex", (80, 90, 680, 1000), 100)


if __name__ == "__main__":
    main()
