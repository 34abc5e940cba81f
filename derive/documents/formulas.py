"""The inside of a formula: rows of displayed mathematics, without what is there for the typesetter alone."""

import re
from collections.abc import Iterator
from types import MappingProxyType

from msgspec import Struct

from derive.documents.environments import DISPLAYS, WITH_ARGUMENT
from derive.documents.index import Index
from derive.documents.layout import Stretch
from derive.documents.margins import QUOTE
from derive.documents.tags import entity, tag
from derive.documents.traced import Traced, join

_SIGN = re.compile(r"\\(?:begin|end)\s*\{([A-Za-z]+)\*?\}|\\\\|\\[A-Za-z]+\*?|\\.|[{}$`\n<&%]", re.DOTALL)
_LEFT_OUT = frozenset(r"\nonumber \notag \hline \allowdisplaybreaks \displaybreak \centering \noindent \inline".split())
_LEFT_OUT_WITH_ARGUMENT = frozenset(r"\label \tag \tag* \require \vspace \vspace* \dpi".split())
_WORDS = frozenset((r"\intertext", r"\shortintertext"))
_ROW_ENDS = frozenset((r"\\", r"\newline", r"\cr", r"\tabularnewline"))
_BEHIND_ROW_END = re.compile(r"\*?[ \t]*\[[ \t]*-?[\d.]+[ \t]*[a-z]{2}[ \t]*\]|\*(?=\s)")
_STAR = re.compile(r"\*\S|_")
"""What is escaped by two strokes where Markdown takes one of them."""
_OPTION = re.compile(r"\s*\[[a-z]\]")
_UNESCAPED = re.compile(r"(?<!\\)\\(?=[_*+=-])|\\\\(?=[_*])|(?<!\\)\\(?=\s+\Z)")
_OPENS_GROUP = re.compile(r"(?:[_^}]|\\(?!q?quad\b|enspace\b)[A-Za-z]+\*?)\s*\Z")
_EMPTY = re.compile(r"\{\s*\}(?!\s*[_^])")
_BEFORE_EMPTY = re.compile(r"(?:^|[&=+\-*/(\[<>,]|\\(?:quad|qquad|enspace|[,;:! ]))\s*\Z")
"""An empty group before a sign, `{}+ b`, tells the typesetter alone that the sign has two sides."""
_ESCAPES = MappingProxyType({
    "\f": r"\frac", "\t": r"\text \theta \times \tanh \tau \tilde \tfrac", "\b": r"\beta \bar \boldsymbol \big",
    "\r": r"\rho \right", "\v": r"\vec \varepsilon", "\a": r"\alpha \approx",
})  # fmt: skip
"""Signs that a program's string makes of the first two of a command, with the commands that lose them."""
_LOST = re.compile(
    "|".join(f"{re.escape(sign)}(?={command[2:]})" for sign, all_ in _ESCAPES.items() for command in all_.split())
)
_SWITCH = re.compile(r"\{\s*\\(?:color\s*\{[^{}]*\}|(?:display|text|script)style\b)")
"""A group that is there for its colour or the size of its letters alone."""
_ROWS_IN_BRACES = re.compile(r"\\(?:eqalign|eqalignno|displaylines)\s*\Z")
_BOX = re.compile(r"\\A?boxed\s*\Z")
_BEHIND_BOX = re.compile(r"\s*[.,;]?\s*(?:\Z|&|\\(?:\\|(?:end|tag|label|text|q?quad)\b))")
_FRAME = re.compile(r"(?:\\left\s*(?:\\\{|\\lbrace|[.\[|])|(\\A?boxed\s*\{|(?<![\w}_^*])\{))\s*\Z")
_FRAME_END = re.compile(r"\s*(?:\\right\s*(?:\\\}|\\rbrace|[.\]|])|\})")
_TAGS = {"br": "\n", "em": "_", "sub": "_{", "sup": "^{", **dict.fromkeys("span strong a wbr p div".split(), "")}
"""What stands instead of tags; Markdown makes `em` of two underscores."""
Row = tuple[Stretch, ...]


def rows(body: Traced, *, is_quoted: bool = False) -> tuple[Row, ...]:
    r"""The rows of a formula; is_quoted: its lines begin with `>`.

    Rows end at `\\` outside of matrices, cases and arguments; an \intertext is a row of words.
    """
    body = body.sub(_LOST, lambda match: [_ESCAPES[match[0]][:2]])
    return tuple(row for row in _Body(body, is_quoted).rows() if any(stretch.text.text.strip() for stretch in row))


class _Around(Struct, frozen=True):
    """A brace or an environment around a place: whether rows end in it, whether the brackets around it are a frame."""

    has_rows: bool
    is_framed: bool = False


class _Body:
    def __init__(self, body: Traced, is_quoted: bool) -> None:
        self.body, self.text, self.is_quoted = body, body.text, is_quoted
        self.index = Index(body.text)
        self.closed = frozenset(self.index.closing.values())
        self.around: list[_Around] = []
        self.row: list[Traced] = []
        self.is_begun = False

    @property
    def has_rows(self) -> bool:
        return not self.around or self.around[-1].has_rows

    def rows(self) -> Iterator[Row]:
        end = 0
        for match in _SIGN.finditer(self.text):
            start, sign = match.start(), match.group()
            if start < end:
                continue
            self._put(self.body[end:start])
            end = match.end()
            if sign == "\n":
                end = self._line_start(end)
                if self.text[end : end + 1] == "\n" and self.has_rows:
                    yield self._ended()
                self._put(Traced.put(" ", self.body.at[start]))
            elif sign == "%" and (line_end := self.index.find("\n", end)) > 0:
                end = line_end  # LaTeX's comment; behind the last line's end a reader would miss it
            elif sign in "<&":
                shown, end = _hypertext(self.text, start)
                if shown == "\n":
                    yield self._ended()
                else:
                    self._put(Traced.put(shown, self.body.at[start]))
            elif match.group(1) is not None:
                end = self._environment(match)
            elif (empty := _EMPTY.match(self.text, start)) and _BEFORE_EMPTY.search(self._written()):
                end = empty.end()
            elif sign in "{}":
                self._brace(start)
            elif sign in _ROW_ENDS and self.has_rows and not _STAR.match(self.text, end):
                yield self._ended()
                behind = _BEHIND_ROW_END.match(self.text, end)
                end = behind.end() if behind else end
            elif sign == r"\\":
                behind = _BEHIND_ROW_END.match(self.text, end)
                if not self.text.startswith(r"\\", end):  # doubled for Markdown's sake
                    self._put(self.body[start:end])
                end = behind.end() if behind else end
            elif sign in _WORDS:
                yield self._ended()
                begin, end = end, self.index.group_end(end)
                yield (Stretch("words", _bare(self.body[begin:end])),)
            elif sign in _LEFT_OUT_WITH_ARGUMENT:
                stop = self.index.group_end(end)  # \tag1 has its argument without braces
                end = stop + (stop == end and self.text[end : end + 1].isdigit())
            elif sign not in _LEFT_OUT and sign not in "$`":
                self._put(self.body[start:end])
        self._put(self.body[end:])
        yield self._ended()

    def _put(self, piece: Traced) -> None:
        if piece.text:
            self.row.append(piece)
            self.is_begun = self.is_begun or bool(piece.text.strip(" \t&"))

    def _ended(self) -> Row:
        row, self.row, self.is_begun = self.row, [], False
        return (Stretch("formula", join(row).sub(_UNESCAPED, lambda match: []).stripped()),)

    def _line_start(self, place: int) -> int:
        found = QUOTE.match(self.text, place) if self.is_quoted else None
        return found.end() if found else place

    def _written(self) -> str:
        """The end of the row as far as it is written."""
        return "".join(part.text for part in self.row[-6:])[-60:]

    def _brace(self, start: int) -> None:
        written = self._written()
        if start in self.index.closing:
            rows_in_braces = _ROWS_IN_BRACES.search(written) or self._boxed(start, written)
            if rows_in_braces:
                self.row[-6:] = [join(self.row[-6:])[: -len(rows_in_braces.group())]]
            is_free = self.has_rows and not _OPENS_GROUP.search(written)
            is_framed = rows_in_braces is not None or (is_free and _SWITCH.match(self.text, start) is not None)
            self.around.append(_Around(is_free or rows_in_braces is not None, is_framed=is_framed))
            if is_framed:
                return
        elif start in self.closed and self.around and self.around.pop().is_framed:
            return
        self._put(self.body[start : start + 1])

    def _boxed(self, start: int, written: str) -> re.Match[str] | None:
        r"""The command of \boxed{a = b}, where a whole equation stands in the braces that open there."""
        box = _BOX.search(written)
        is_whole = box is not None and not written[: box.start()].strip(" &")
        close = self.index.closing[start]
        is_alone = _BEHIND_BOX.match(self.text, close + 1) is not None
        return box if is_whole and is_alone and "=" in self.text[start:close] else None

    def _environment(self, match: re.Match[str]) -> int:
        name, end = match.group(1), match.end()
        if match.group().startswith(r"\end"):
            closed = self.around.pop() if self.around else _Around(True)
            if not closed.has_rows:
                self._put(self.body[match.start() : end])
            frame = _FRAME_END.match(self.text, end) if closed.is_framed else None
            return frame.end() if frame else end
        frame = _FRAME.search(self._written())
        if name not in DISPLAYS or (name == "array" and (self.is_begun or not self.has_rows)):
            self.around.append(_Around(False))
            self._put(self.body[match.start() : end])
            return end
        if frame:
            self.row[-6:] = [join(self.row[-6:])[: -len(frame.group())]]
            if frame.group(1) and self.around:
                self.around.pop()
        self.around.append(_Around(True, is_framed=frame is not None))
        option = _OPTION.match(self.text, end)
        end = option.end() if option else end
        return self.index.group_end(end) if name in WITH_ARGUMENT else end


def _hypertext(text: str, place: int) -> tuple[str, int]:
    """What a tag or an entity in a formula stands for, and where it ends; `<` and `&` that are none are signs."""
    found = tag(text, place)
    if found is not None and found.name in _TAGS:
        shown = _TAGS[found.name]
        return ("}" if found.is_closing and shown[-1:] == "{" else shown), found.end
    shown, end = entity(text, place)
    return (shown, end) if end > place else (text[place], place + 1)


def _bare(group: Traced) -> Traced:
    found = group.stripped()
    return found[1:-1] if found.text.startswith("{") else found
