"""A place in the tokens of a formula, going on from left to right."""

from collections.abc import Sequence

from derive.errors import DeriveError
from derive.formulas.syntax import Node
from derive.formulas.tokens import Token, token_at


class Cursor:
    """One pass over the tokens of a formula; `text` is shown where one does not fit."""

    def __init__(self, tokens: Sequence[Token], text: str) -> None:
        self.tokens = tuple(tokens)
        self.text = text
        self.place = 0

    def peek(self, ahead: int = 0) -> Token:
        """The next token, or one further on."""
        return token_at(self.tokens, self.place + ahead)

    def kind(self, ahead: int = 0) -> str:
        """Its kind; nothing at the end."""
        return self.peek(ahead).kind

    def kinds(self, *wanted: str) -> bool:
        """Whether the next tokens are of these kinds."""
        return all(self.kind(ahead) == kind for ahead, kind in enumerate(wanted))

    def take(self, *wanted: str) -> Token:
        """The next token, and on; DeriveError at the end, or where it is none of the wanted kinds."""
        if not self.kind() or (wanted and self.kind() not in wanted):
            raise self.fault()
        self.place += 1
        return self.tokens[self.place - 1]

    def accept(self, kind: str) -> Token | None:
        """The next token, and on, where it is of this kind."""
        return self.take() if self.kind() == kind else None

    @property
    def start(self) -> int:
        """Where the next token begins."""
        return self.peek().start

    @property
    def end(self) -> int:
        """Where the last token ended."""
        return self.tokens[self.place - 1].end if self.place else 0

    def node(self, kind: str, start: int, *parts: Node, value: str = "", order: int = 0) -> Node:
        """A node that ends here."""
        return Node(kind, parts, value, start, self.end, order)

    def fault(self) -> DeriveError:
        """What to say of the next token where it does not fit."""
        if not self.kind():
            return DeriveError("", f"the formula ends too early: {self.text.strip()}")
        token = self.peek()
        return DeriveError(f"column {token.start + 1}", f'"{token.value}" does not fit here: {self.text.strip()}')


def leaf(kind: str, token: Token) -> Node:
    """The node of one token."""
    return Node(kind, (), token.value, token.start, token.end)
