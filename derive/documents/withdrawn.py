"""What stands in LaTeX and is no text of the page: comments, drawings, what is switched off, what follows the end."""

import re

from derive.documents.index import Index
from derive.documents.traced import Traced, join

_IS_TEX = re.compile(r"\\documentclass|\\begin\s*\{document\}|\\usepackage|^\\(?:sub)*section\*?\{", re.MULTILINE)
_SIGN = re.compile(
    r"\\verb\*?([^\w\s*]).*?(?:\1|\n)|\\(?:iffalse|if0)(?![A-Za-z])|\\begin\s*\{(comment|filecontents\*?|tikzpicture|verbatim|lstlisting)\}"
    r"|\\end\s*\{document\}|\\.|%",
    re.DOTALL,
)
_BEHIND_FORMULA = re.compile(r"(?:[^\s\d$\\]\s*\$|[^\d\s]\s*\\[\])])[ \t]+\Z")
"""What a percent sign behind a formula follows that begins a comment; behind a number it is a percent sign."""
_COMMENT = re.compile(r"%[^\n]*")
_WHOLE_LINE = re.compile(r"[ \t]*%[^\n]*\n?")


def without_withdrawn(text: Traced, *, is_tex: bool) -> Traced:
    """The text that a reader of the finished page sees.

    `%` begins a comment in LaTeX; among formulas of LaTeX in another text it does on a line of its own, and behind one.
    """
    is_tex = is_tex or _IS_TEX.search(text.text) is not None
    if "\\" not in text.text and not is_tex and "$" not in text.text:
        return text
    index = Index(text.text)
    parts: list[Traced] = []
    kept = end = 0
    for match in _SIGN.finditer(text.text):
        start, sign = match.start(), match.group()
        if start < end:
            continue
        end = match.end()
        behind = start
        if sign == "%":
            before = text.text[text.text.rfind("\n", 0, start) + 1 : start]
            if is_tex or not before.strip() or _BEHIND_FORMULA.search(before):
                behind = _behind(_COMMENT if before.strip() else _WHOLE_LINE, index, start)
        elif match.group(2) in ("verbatim", "lstlisting"):
            end = index.find(rf"\end{{{match.group(2)}}}", end)
            end = len(text) if end < 0 else end
        elif match.group(2):
            behind = _past(index, (rf"\end{{{match.group(2)}}}",), end)
        elif sign.startswith(r"\if"):
            behind = _past(index, (r"\else", r"\fi"), end)
        elif sign.startswith(r"\end"):
            behind = len(text)
        if behind > start:
            parts.append(text[kept:start])
            kept = end = behind
    return join((*parts, text[kept:])) if parts else text


def _behind(pattern: re.Pattern[str], index: Index, start: int) -> int:
    found = pattern.match(index.text, start)
    return found.end() if found else start


def _past(index: Index, signs: tuple[str, ...], start: int) -> int:
    """Past the first of some signs; start where none stands behind it."""
    found = [(place, place + len(sign)) for sign in signs if (place := index.find(sign, start)) >= 0]
    return min(found)[1] if found else start
