r"""The derivation as Markdown for notebooks and sites: headings, prose, and formulas that stand by themselves."""

import re
from collections.abc import Iterable, Iterator

from derive.latex.plain import Macros, group, put_in

_HEADING = re.compile(r"\\nnheading\{(.*)\}\Z")
_TAG = re.compile(r"\s*\\tag\{(\d+)\}")


def as_markdown(title: str, source: str, body: Iterable[str], macros: Macros) -> Iterator[str]:
    """The lines of a document; `body` are the lines of the LaTeX."""
    yield from (f"# {title}", "")
    if source:
        yield from (f"*{source}*", "")
    for line in body:
        if line == r"\begin{align*}":
            yield from ("", "$$", r"\begin{aligned}")
        elif line == r"\end{align*}":
            yield from (r"\end{aligned}", "$$", "")
        elif (heading := _HEADING.match(line)) is not None:
            yield from ("", f"## {heading[1]}", "")
        elif line.startswith(r"\nngradient"):
            of, place = group(line, line.index("{"))
            of, by = put_in(of, macros), put_in(group(line, place)[0], macros)
            yield from ("", rf"### $\partial {of}/\partial {by}$", "")
        elif not line.startswith(r"\nnanchor"):
            yield _TAG.sub(r" \\qquad (\1)", put_in(line, macros)).removesuffix(r"\\" if "&" not in line else "\0")
