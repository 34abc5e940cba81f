"""The mathematics of a document found and made linear: displayed, inline, and bare."""

import re

from derive.reading.latex import has_latex, linear
from derive.reading.traced import Traced, join

EDGE = "\ue000"
"""Where a formula's markup begins or ends: `x`, $x$. Prose and formula part here unless an operator binds them."""
WORDS = "\ue001"
"""Stands before displayed mathematics that goes on with a line of prose."""
_DISPLAY = re.compile(
    r"(?<!\\)\$\$(.+?)(?<!\\)\$\$|\\{1,2}\[(.+?)\\{1,2}\]|"
    r"\\begin\s*\{(align|aligned|equation|eqnarray|gather|gathered|split|multline|displaymath|math|alignat|array)\*?\}"
    r"(.+?)\\end\s*\{\3\*?\}",
    re.DOTALL,
)
_INLINE = re.compile(
    r"(?<![\\$A-Za-z0-9])\$(?!\$)((?:[^$\n]|\n(?![ \t]*\n)){1,4000}?)(?<!\\)\$(?!\d)|\\{1,2}\((.+?)\\{1,2}\)"
)
_BLANKS = re.compile(r"[ \t]{2,}")
ESCAPE = re.compile(r"\\{1,2}([*_#\-.!>+|~])")


def with_mathematics(whole: Traced) -> Traced:
    """Displayed mathematics on lines of its own, one a row; inline mathematics between EDGEs; both linear."""
    parts: list[Traced] = []
    end = 0
    for match in _DISPLAY.finditer(whole.text):
        group = next(number for number in (1, 2, 4) if match.group(number) is not None)
        if group < 4 and re.search(r"\n[ \t]*\n", match.group(group)):
            continue
        parts.append(_inline(whole[end : match.start()]))
        mark = Traced("\n", (whole.place(match.start()),))
        body = whole[match.start(group) : match.end(group)]
        # a row of displayed mathematics goes on over the ends of the source's lines
        rows = linear(_narrow(body))
        before = whole.text[max(end, whole.text.rfind("\n", 0, match.start()) + 1) : match.start()]
        words = WORDS if re.search(r"[A-Za-z]{2}", before) else ""
        parts.extend((mark, Traced(words, mark.at * len(words)), _shown(rows), mark))
        end = match.end()
    parts.append(_inline(whole[end:]))
    return join(parts)


def _narrow(body: Traced) -> Traced:
    """Mathematics on one line: the ends of lines are blanks, and any number of blanks is one."""
    return body.map(lambda text: text.replace("\n", " ").replace("`", " ")).sub(_BLANKS, lambda match: [" "])


def _shown(rows: Traced) -> Traced:
    return join(
        part for row in rows.lines() for part in (_edged(row, whole=True), Traced("\n", (row.place(len(row)),)))
    )


def _edged(formula: Traced, *, whole: bool = False) -> Traced:
    edge = (formula.place(0),), (formula.place(len(formula)),)
    sign = EDGE * 2 if whole else EDGE
    return join((Traced(sign, edge[0] * len(sign)), formula, Traced(sign, edge[1] * len(sign))))


def _inline(whole: Traced) -> Traced:
    parts: list[Traced] = []
    end = 0
    for match in _INLINE.finditer(whole.text):
        group = 1 if match.group(1) is not None else 2
        parts.append(_bare(whole[end : match.start()]))
        body = whole[match.start(group) : match.end(group)]
        parts.append(_edged(linear(_narrow(body))))
        end = match.end()
    parts.append(_bare(whole[end:]))
    return join(parts)


def _bare(whole: Traced) -> Traced:
    """Prose, and formulas without any mark; LaTeX that was pasted without dollar signs is converted too."""
    if "\\" not in whole.text:
        return whole
    return join(
        part
        for number, line in enumerate(whole.lines())
        for part in (
            *((Traced("\n", (line.place(0),)),) if number else ()),
            linear(line) if has_latex(line.text) else line.sub(ESCAPE, lambda match: [match.span(1)]),
        )
    )
