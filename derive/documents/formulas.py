"""The inside of a formula: rows of displayed mathematics, without what is there for the typesetter alone."""

import re
from collections.abc import Iterator

from derive.documents.environments import DISPLAYS, KEPT, WITH_ARGUMENT
from derive.documents.index import Index
from derive.documents.layout import Stretch
from derive.documents.traced import Traced, join

_SIGN = re.compile(r"\\(?:begin|end)\s*\{([A-Za-z]+)\*?\}|\\\\|\\[A-Za-z]+\*?|\\.|[{}$`\n]", re.DOTALL)
_LEFT_OUT = frozenset(r"\nonumber \notag \hline \allowdisplaybreaks \displaybreak \centering \noindent".split())
_LEFT_OUT_WITH_ARGUMENT = frozenset(r"\label \tag \require \vspace \vspace*".split())
_WORDS = frozenset((r"\intertext", r"\shortintertext"))
_ROW_ENDS = frozenset((r"\\", r"\newline", r"\cr", r"\tabularnewline"))
_BEHIND_ROW_END = re.compile(r"\*?[ \t]*\[[ \t]*-?[\d.]+[ \t]*[a-z]{2}[ \t]*\]|\*(?=\s)")
_OPTION = re.compile(r"\s*\[[a-z]\]")
_QUOTE = re.compile(r"[ \t]*(?:>[ \t]?)+")
_COMMENT = re.compile(r"[ \t]*%[^\n]*")
_UNESCAPED = re.compile(r"\\(?=[_*+=-])|\\\\(?=_)")
_OPENS_GROUP = re.compile(r"(?:[_^}]|\\[A-Za-z]+\*?)\s*\Z")
Row = tuple[Stretch, ...]


def rows(body: Traced, *, is_quoted: bool = False) -> tuple[Row, ...]:
    r"""The rows of a display; is_quoted: its lines begin with `>`.

    Rows end at `\\` outside of matrices, cases and arguments; an \intertext is a row of words.
    """
    return tuple(row for row in _Body(body, is_quoted).rows() if any(stretch.text.text.strip() for stretch in row))


class _Body:
    def __init__(self, body: Traced, is_quoted: bool) -> None:
        self.body, self.text, self.is_quoted = body, body.text, is_quoted
        self.index = Index(body.text)
        self.closed = frozenset(self.index.closing.values())
        self.open: list[str] = []  # environments and braces around: "" where rows end, "{" or a name where they do not
        self.row: list[Traced] = []

    def rows(self) -> Iterator[Row]:
        end = 0
        for match in _SIGN.finditer(self.text):
            start = match.start()
            if start < end:
                continue
            self.row.append(self.body[end:start])
            sign = match.group()
            end = match.end()
            if sign == "\n":
                self.row.append(Traced.put(" ", self.body.at[start]))
                end = self._line_start(end)
            elif match.group(1) is not None:
                end = self._environment(match)
            elif sign in "{}":
                self._brace(start)
            elif sign in _ROW_ENDS and self._is_row_end(end):
                yield self._ended()
                behind = _BEHIND_ROW_END.match(self.text, end)
                end = behind.end() if behind else end
            elif sign in _WORDS:
                yield self._ended()
                start, end = end, self.index.group_end(end)
                yield (Stretch("words", _bare(self.body[start:end])),)
            elif sign in _LEFT_OUT_WITH_ARGUMENT:
                end = self.index.group_end(end)
            elif sign not in _LEFT_OUT and sign not in "$`":
                self.row.append(self.body[start:end])
        self.row.append(self.body[end:])
        yield self._ended()

    def _ended(self) -> Row:
        row, self.row = self.row, []
        return (Stretch("formula", join(row).sub(_UNESCAPED, lambda match: []).stripped()),)

    def _line_start(self, place: int) -> int:
        for mark in (_QUOTE, _COMMENT) if self.is_quoted else (_COMMENT,):
            found = mark.match(self.text, place)
            place = found.end() if found else place
        return place

    def _is_row_end(self, end: int) -> bool:
        if self.text[end : end + 1] == "_" or (self.text[end - 1 : end] == "\\" and _escapes_star(self.text, end)):
            return False
        return not (self.open and self.open[-1])

    def _brace(self, start: int) -> None:
        if start in self.index.closing:
            before = "".join(part.text for part in self.row[-3:])[-40:]
            is_argument = _OPENS_GROUP.search(before) is not None
            self.open.append("{" if is_argument or (self.open and self.open[-1]) else "")
        elif start in self.closed and self.open:
            self.open.pop()
        self.row.append(self.body[start : start + 1])

    def _environment(self, match: re.Match[str]) -> int:
        name, end = match.group(1), match.end()
        if match.group().startswith(r"\end"):
            closed = self.open.pop() if self.open else ""
            if closed:
                self.row.append(self.body[match.start() : end])
            return end
        written = "".join(part.text for part in self.row).strip(" \t&")
        inside = bool(self.open and self.open[-1])
        if name in KEPT or name not in DISPLAYS or (name == "array" and (written or inside)):
            self.open.append(name)
            self.row.append(self.body[match.start() : end])
            return end
        self.open.append("")
        option = _OPTION.match(self.text, end)
        end = option.end() if option else end
        return self.index.group_end(end) if name in WITH_ARGUMENT else end


def _escapes_star(text: str, end: int) -> bool:
    """Whether `\\\\*` is Markdown's way to a star, not the end of a row."""
    return text[end : end + 1] == "*" and not text[end + 1 : end + 2].isspace()


def _bare(group: Traced) -> Traced:
    found = group.stripped()
    return found[1:-1] if found.text.startswith("{") else found
