"""A place in the tokens of a formula, going on from left to right, with the choices made on the way."""

from collections.abc import Sequence

from derive.errors import DeriveError
from derive.formulas.scripts import scripts_of
from derive.formulas.signs import MATCHING, canonical
from derive.formulas.syntax import Node
from derive.formulas.tokens import Token, token_at
from derive.formulas.vocabulary import Vocabulary, key


class Cursor:
    """One pass over the tokens of a formula; `script` tells which way to go where more than one is open.

    `widths` counts the ways at each choice, `taken` those that were gone, `assumed` tells what they assume.
    """

    def __init__(self, tokens: Sequence[Token], vocabulary: Vocabulary, text: str, script: Sequence[int]) -> None:
        self.tokens = tuple(tokens)
        self.vocabulary = vocabulary
        self.text = text
        self.origin = tokens[0].start if tokens else 0
        self.place = 0
        self.script = script
        self.widths: list[int] = []
        self.taken: list[int] = []
        self.assumed: list[str] = []

    def choose(self, *ways: str) -> int:
        """The number of the way to go here; the first one is what is written, others are noted as assumed."""
        at = len(self.taken)
        taken = self.script[at] if at < len(self.script) else 0
        self.widths.append(len(ways))
        self.taken.append(taken)
        if ways[taken]:
            self.assumed.append(ways[taken])
        return taken

    def peek(self, ahead: int = 0) -> Token:
        """The next token, or one further on."""
        return token_at(self.tokens, self.place + ahead)

    def kind(self, ahead: int = 0) -> str:
        """Its kind; nothing at the end."""
        return self.peek(ahead).kind

    def kinds(self, *wanted: str) -> bool:
        """Whether the next tokens are of these kinds."""
        return all(self.kind(ahead) == kind for ahead, kind in enumerate(wanted))

    def take(self) -> Token:
        """The next token, and on."""
        self.place += 1
        return self.tokens[self.place - 1]

    def accept(self, kind: str) -> Token | None:
        """The next token, and on, where it is of this kind."""
        return self.take() if self.kind() == kind else None

    def close(self, opened: Token) -> None:
        """Past the bracket that closes one; all but braces close each other, as in (0, 1]."""
        right, found = MATCHING.get(opened.value, "⟩"), self.peek()
        if found.kind == "CLOSE" and (found.value == right or (opened.value != "{" and found.value != "}")):
            self.take()
        elif self.kind():
            raise self.fault()
        else:
            raise DeriveError(
                f"column {opened.start + 1}", f'"{opened.value}" is never closed', f'close it with "{right}"'
            )

    def put(self, *tokens: Token) -> None:
        """Some tokens in the place of the next one."""
        self.tokens = (*self.tokens[: self.place], *tokens, *self.tokens[self.place + 1 :])

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

    def named(self, word: str, token: Token) -> Node:
        """The name that the end of a word's token is, with what stands below and above it."""
        start = token.start + len(token.value) - len(word)
        base, scripts = self.scripts(start, token)
        return Node("name", (), key(word), start, token.end, 0, base, scripts)

    def scripts(self, start: int, token: Token) -> tuple[str, tuple[Node, ...]]:
        """The letter of a name alone and what stands below and above it, from its source."""
        return scripts_of(canonical(self.text[start - self.origin : token.end - self.origin]), token.shown)

    def fault(self) -> DeriveError:
        """What to say of the next token where it does not fit."""
        if not self.kind():
            return DeriveError("", f"the formula ends too early: {self.text.strip()}")
        token = self.peek()
        return DeriveError(f"column {token.start + 1}", f'"{token.value}" does not fit here: {self.text.strip()}')


def leaf(kind: str, token: Token) -> Node:
    """The node of one token."""
    return Node(kind, (), token.value, token.start, token.end)


def unbraced(node: Node) -> Node:
    """What stands in braces: they are no brackets."""
    return node.parts[0] if node.kind == "group" and node.value == "{" else node


def negated(node: Node, start: int, end: int) -> Node:
    """A node behind a minus."""
    if node.kind != "number":
        return Node("negative", (node,), "", start, end)
    return Node("number", (), node.value[1:] if node.value.startswith("-") else f"-{node.value}", start, end)


def product(factors: Sequence[Node], start: int, end: int) -> Node:
    """Factors as one product; names that were written as one word join it."""
    flat: list[Node] = []
    for factor in factors:
        flat.extend(factor.parts if factor.kind == "product" and factor.value == "run" else (factor,))
    return flat[0] if len(flat) == 1 else Node("product", tuple(flat), "", start, end)
