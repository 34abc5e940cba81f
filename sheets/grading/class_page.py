"""A class as one HTML page: the counts, a histogram, the slips, and a line for each student with the marked copy."""

from collections.abc import Iterator, Sequence
from html import escape
from math import ceil
from urllib.parse import quote

from sheets.grading.gradebook import slips
from sheets.grading.overview import Overview, overview
from sheets.grading.whose import Row

_BARS = 10
_MOST_SLIPS = 6
_STYLE = """
:root { color-scheme: light dark; --line: #8884; --wrong: #c62828; --open: #b26a00; --right: #2e7d32; --bar: #3b6ea5; }
@media (prefers-color-scheme: dark) { :root { --wrong: #ff8a80; --open: #ffcc66; --right: #8bd490; --bar: #7fb0e6; } }
body { font: 16px/1.45 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .2rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
.counts { display: flex; flex-wrap: wrap; gap: .4rem 2rem; font-size: 1.1rem; } .counts b { font-size: 1.6rem; }
.sides { display: grid; grid-template-columns: minmax(18rem, 26rem) 1fr; gap: 1rem 3rem; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; vertical-align: top;
  padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line); }
td.number, th.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.right { color: var(--right); } .wrong { color: var(--wrong); } .open { color: var(--open); } .quiet { opacity: .7; }
.students td:first-child { overflow-wrap: anywhere; min-width: 12rem; } .slips td.number { width: 2rem; }
a { color: inherit; } svg { width: 100%; height: auto; } svg text { fill: currentColor; font-size: 11px; }
svg rect { fill: var(--bar); } details summary { cursor: pointer; }
@media (max-width: 50rem) { .sides { grid-template-columns: 1fr; } }
"""


def class_page(rows: Sequence[Row], title: str) -> str:
    """The page; it loads nothing and runs nothing."""
    seen = overview(rows)
    return "".join((
        '<!DOCTYPE html>\n<!-- sheets grade -->\n<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>",
        f"<h1>{escape(title)}</h1>", *_counts(seen),
        '<div class="sides"><section><h2>Points</h2>', _histogram(rows), "</section>",
        "<section><h2>Slips, the most frequent first</h2>", *_slips(seen), "</section></div>",
        "<h2>Students</h2><table class=students><thead><tr><th>Student</th><th class=number>Points</th>",
        "<th>What is wrong</th><th>To look at</th></tr></thead><tbody>", *map(_student, rows),
        "</tbody></table></main></body></html>\n",
    ))  # fmt: skip


def _counts(seen: Overview) -> Iterator[str]:
    yield '<p class="counts">'
    for count, words, style in ((seen.handed_in, "handed in", ""), (seen.right, "all right", "right"),
                                (seen.wrong, "with mistakes", "wrong"), (seen.begun, "not finished", "open"),
                                (seen.empty, "nothing filled in", "open"),
                                (seen.unreadable, "could not be graded", "open"),
                                (seen.absent, "not handed in", "quiet")):
        if count or not style:
            yield f'<span class="{style}"><b>{count}</b> {words}</span>'
    yield "</p>"


def _histogram(rows: Sequence[Row]) -> str:
    """How many hand-ins have how many points, in at most ten bars; a drawing that needs no script."""
    totals = [row.graded.total for row in rows if row.graded is not None and not row.graded.fault]
    most = max((row.graded.possible for row in rows if row.graded is not None and not row.graded.fault), default=0.0)
    if not totals or most <= 0:
        return '<p class="quiet">Nothing could be graded.</p>'
    bars = min(_BARS, ceil(most)) + 1  # the last one is for everything right
    held: list[list[float]] = [[] for _ in range(bars)]
    for total in totals:
        held[min(int(total / most * (bars - 1)), bars - 1)].append(total)
    counts = list(map(len, held))
    tallest, wide = max(counts), 400 / bars
    drawn = []
    for place, count in enumerate(counts):
        height = 120 * count / tallest
        x = place * wide
        least = most * place / (bars - 1)
        label = f"{'≥ ' if any(total > least for total in held[place]) else ''}{least:g}"
        drawn.append(f'<rect x="{x + 3:.1f}" y="{140 - height:.1f}" width="{wide - 6:.1f}" height="{height:.1f}"/>'
                     f'<text x="{x + wide / 2:.1f}" y="{134 - height:.1f}" text-anchor="middle">{count or ""}</text>'
                     f'<text x="{x + wide / 2:.1f}" y="156" text-anchor="middle">{label}</text>')
    told = ", ".join(f"{count} from {most * place / (bars - 1):g}" for place, count in enumerate(counts) if count)
    return (f'<svg viewBox="0 0 400 165" role="img" aria-label="Hand-ins by points: {told}">{"".join(drawn)}'
            '<line x1="0" y1="140" x2="400" y2="140" stroke="currentColor" stroke-opacity=".4"/></svg>')


def _slips(seen: Overview) -> Iterator[str]:
    """The most frequent ones, and the others to be opened."""
    if not seen.slips:
        yield '<p class="quiet">None.</p>'
        return
    for part, some in enumerate((seen.slips[:_MOST_SLIPS], seen.slips[_MOST_SLIPS:])):
        if not some:
            break
        yield f"<details><summary>{len(some)} more</summary>" if part else ""
        yield "<table class=slips><tbody>"
        for slip in some:
            yield (f'<tr><td class="number"><b>{slip.count}</b></td><td>{escape(slip.told)}</td>'
                   f'<td class="quiet">{escape(", ".join(slip.quantities))}</td></tr>')
        yield "</tbody></table>"
        yield "</details>" if part else ""


def _student(row: Row) -> str:
    graded = row.graded
    if graded is None:
        return (f'<tr class="quiet"><td>{escape(row.name)}</td><td class="number">–</td><td>not handed in</td><td></td>'
                "</tr>")
    style = "open" if graded.fault else "right" if graded.is_right else "wrong"
    name = escape(row.name)
    linked = f'<a href="{escape(quote(graded.marked))}">{name}</a>' if graded.marked else name
    wrong = escape(slips(row)) or ("" if graded.fault else '<span class="right">✓</span>')
    points = "–" if graded.fault else f"{graded.total:g} / {graded.possible:g}"
    return (f'<tr><td>{linked}<br><span class="quiet">{escape(graded.shown)}</span></td>'
            f'<td class="number {style}">{points}</td><td>{wrong}</td>'
            f'<td class="open">{escape("; ".join(row.look))}</td></tr>')
