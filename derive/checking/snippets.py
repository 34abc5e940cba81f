"""Many short texts, such as the cells and text boxes of a workbook, checked as one document."""

from bisect import bisect_right
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from derive.checking.examination import examine
from derive.checking.lenders import HasNetwork, lenders
from derive.checking.report import Checked
from derive.documents import Layout, Line, Program, read_layout
from derive.network import Network


def check_snippets(
    snippets: Iterable[str], walkthrough: "Network | HasNetwork", file: str = ""
) -> tuple[tuple[Checked, ...], ...]:
    """The equalities of each of many short texts.

    The snippets are read as one document, in their order, so that a definition in one holds for all; the result has one
    tuple for each snippet, empty where it states no equality. `line` and `column` count within the snippet, from 1.
    """
    joined = _joined(snippets)
    found: list[list[Checked]] = [[] for _ in joined.starts]
    for one in examine(joined.text, joined.layout, lenders(walkthrough), "").checked:
        number = bisect_right(joined.starts, one.line) - 1
        found[number].append(replace(one, file=file, line=one.line - joined.starts[number] + 1, cell=None))
    return tuple(map(tuple, found))


class _Snippets(Struct, frozen=True):
    """Short texts as one document: the line on which each begins, and its layout, each a cell of its own."""

    text: str
    starts: tuple[int, ...]
    layout: Layout


def _joined(snippets: Iterable[str]) -> _Snippets:
    texts = [snippet.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n") for snippet in snippets]
    starts: list[int] = []
    layout: list[Line | Program] = []
    line, offset = 1, 0
    for number, text in enumerate(texts, 1):
        starts.append(line)
        layout.extend(replace(piece.moved(offset), cell=number) for piece in read_layout(text, ""))
        line += text.count("\n") + 2
        offset += len(text) + 2
    return _Snippets("\n\n".join(texts), tuple(starts), tuple(layout))
