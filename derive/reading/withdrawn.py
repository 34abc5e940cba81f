"""What stands in a source and is not shown: TeX's comments and parts switched off, a page's head."""

import re

from derive.reading.latex import has_latex
from derive.reading.traced import Traced

_SWITCHED_OFF = re.compile(
    r"\\(?:iffalse|if0)(?![A-Za-z]).*?\\(?:else|fi)(?![A-Za-z])|"
    r"\\begin\s*\{(comment|filecontents\*?)\}.*?\\end\s*\{\1\}|"
    r"\\end\s*\{document\}[^`]*\Z",
    re.DOTALL,
)
_WHOLE_LINE = re.compile(r"^[ \t]*%[^\n]*\n?", re.MULTILINE)
_REST_OF_LINE = re.compile(r"(?<![\\%\d])(?<!\d )%(?![\w(]).*")
_HEAD = re.compile(r"<(title|head|annotation-xml|template)\b[^<>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_SHOWN = re.compile(r"\$[^$\n]+\$|\\\(|\\\[")
_PROGRAM = re.compile(r"^[ \t>]*(?:```|~~~)|^[ \t]*(?:def |import |print\(|function\b|end;?[ \t]*$)", re.MULTILINE)


def without_withdrawn(source: Traced) -> Traced:
    """The text that a reader of the finished page sees.

    A `%` begins a comment in TeX only: a line of it is one wherever the text has mathematics of TeX and no program,
    whose `%` is an operator; behind a number it is a percentage.
    """
    shown = source
    if "<" in shown.text:
        shown = shown.sub(_HEAD, lambda match: [" "])
    if "\\" in shown.text:
        shown = shown.sub(_SWITCHED_OFF, lambda match: [" "])
    is_tex = "%" in shown.text and (has_latex(shown.text) or _SHOWN.search(shown.text) is not None)
    if not is_tex or _PROGRAM.search(shown.text):
        return shown
    return shown.sub(_WHOLE_LINE, lambda match: []).sub(_REST_OF_LINE, lambda match: [])
