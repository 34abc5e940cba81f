"""Writes docs/performance.md and its plot, from measurements in one run.

    python -m tests.bench.performance

Run it in an environment without numpy and lxml, which openpyxl imports where they are installed.
"""

import platform
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import build, page, phases, rows, writers

DOCS = Path(__file__).parents[2] / "docs"
ROWS = 1000
GOALS = {"XlsxWriter, with values": 20, "openpyxl write-only": 5, "PyExcelerate": 3}


def document(
    medians: dict[str, float], levels: list[tuple[int, float, int]], processes: dict[str, float],
    spent: dict[str, float], growth: list[tuple[int, float, float, float]], browser: list[page.Row],
) -> str:
    """The text of docs/performance.md."""
    ours = medians["derive-sheets"]
    lines = [
        "# What it costs",
        "",
        "Made by `python -m tests.bench.performance`: processor time, medians of at least five runs in turn, on",
        f"{platform.system()}, Python {platform.python_version()}, openpyxl {version('openpyxl')},",
        f"SymPy {version('sympy')}, XlsxWriter {version('XlsxWriter')}, PyExcelerate {version('PyExcelerate')}.",
        "The machine is shared: read the ratios, not the seconds.",
        "",
        f"## Writing six sheets × {ROWS:,} rows × 31 columns",
        "",
        "Rows computed beforehand; every writer writes the same cells. Only XlsxWriter and we store a value beside a",
        "formula. `python -m tests.bench.writers` measures this alone.",
        "",
        "| writer | seconds | × ours | goal |",
        "|---|---:|---:|---:|",
        *(f"| {name} | {seconds:.3f} | {seconds / ours:.1f} | {GOALS.get(name, '')} |"
          for name, seconds in medians.items()),
        "",
        "## The physical floor",
        "",
        "Deflating one of the six sheets, at each level; the writer uses level 2.",
        "",
        "| level | milliseconds | bytes |",
        "|---:|---:|---:|",
        *(f"| {level} | {milliseconds:.1f} | {size:,} |" for level, milliseconds, size in levels),
        "",
        "## The whole command",
        "",
        "`sheets build` with no arguments, six sheets of 283 rows with verdicts, charts and summary, as a process",
        "beside the bare import of the two libraries. `python -m tests.bench.build` measures this alone.",
        "",
        "| command | seconds | × the imports |",
        "|---|---:|---:|",
        *(f"| `{name}` | {seconds:.3f} | {seconds / next(iter(processes.values())):.2f} |"
          for name, seconds in processes.items()),
        "",
        "Where the milliseconds go, measured alone by `python -m tests.bench.phases`:",
        "",
        "| phase | milliseconds |",
        "|---|---:|",
        *(f"| {phase} | {milliseconds:.0f} |" for phase, milliseconds in spent.items()),
        "",
        "## Long tables",
        "",
        "Six sheets of so many rows, one process each; the time for a row is the slope from the line above, memory the",
        "peak of the whole process. `python -m tests.bench.rows` measures this alone.",
        "",
        "| rows of a sheet | seconds | µs for a row | peak MB |",
        "|---:|---:|---:|---:|",
        *(f"| {size:,} | {seconds:.2f} | {per_row:.1f} | {peak:.0f} |".replace("nan", "–")
          for size, seconds, per_row, peak in growth),
        "",
        "![Seconds against rows](pictures/rows.svg)",
        "",
        *page.section(browser),
    ]
    return "\n".join(lines)


def plot(growth: list[tuple[int, float, float, float]]) -> str:
    """Seconds against rows, as a small SVG."""
    most_rows, most_seconds = growth[-1][0], max(seconds for _, seconds, _, _ in growth)
    points = [(60 + 380 * size / most_rows, 200 - 170 * seconds / most_seconds) for size, seconds, _, _ in growth]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    marks = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="#1f4e9e"/>'
        f'<text x="{x + 6:.1f}" y="{y + (18 if place == 0 else -8):.1f}">{size:,}: {seconds:.1f} s</text>'
        for place, ((x, y), (size, seconds, _, _)) in enumerate(zip(points, growth, strict=True))
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 560 240" font-family="sans-serif" font-size="12">'
        '<rect width="560" height="240" fill="white"/>'
        '<path d="M60 20V200H470" fill="none" stroke="#555"/>'
        f'<polyline points="{line}" fill="none" stroke="#1f4e9e" stroke-width="1.5"/>{marks}'
        '<text x="250" y="228">rows</text><text x="14" y="30">s</text></svg>\n'
    )


def main() -> None:
    """Measure and write."""
    for name in build.also_imported():
        sys.exit(f"{name} is installed here, and openpyxl imports it: measure in an environment without it")
    with TemporaryDirectory() as folder:
        medians = writers.measure(ROWS, Path(folder))
        levels = writers.levels(Path(folder, "ours.xlsx"))
    growth = rows.measured_apart(100_000)
    text = document(medians, levels, build.measure(), phases.measure(), growth, page.measure())
    (DOCS / "performance.md").write_text(text, encoding="utf-8")
    (DOCS / "pictures").mkdir(exist_ok=True)
    (DOCS / "pictures" / "rows.svg").write_text(plot(growth), encoding="utf-8")


if __name__ == "__main__":
    main()
