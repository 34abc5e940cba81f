"""The choices of a reading: a cursor that goes one way where a notation leaves more than one open."""

from collections.abc import Sequence

from derive.errors import DeriveError
from derive.formulas.cursor import Cursor
from derive.formulas.scripts import scripts_of
from derive.formulas.signs import MATCHING, canonical
from derive.formulas.syntax import Node
from derive.formulas.tokens import Token
from derive.formulas.vocabulary import Vocabulary, key


class Choices(Cursor):
    """A cursor over tokens of a document's words; `script` tells which way to go at each choice.

    `widths` counts the ways at each choice, `taken` those that were gone, `assumed` tells what they assume.
    """

    def __init__(self, tokens: Sequence[Token], vocabulary: Vocabulary, text: str, script: Sequence[int]) -> None:
        super().__init__(tokens, text)
        self.vocabulary = vocabulary
        self.origin = tokens[0].start if tokens else 0
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

    def named(self, word: str, token: Token) -> Node:
        """The name that the end of a word's token is, with what stands below and above it."""
        start = token.start + len(token.value) - len(word)
        base, scripts = self.scripts(start, token)
        return Node("name", (), key(word), start, token.end, 0, base, scripts)

    def scripts(self, start: int, token: Token) -> tuple[str, tuple[Node, ...]]:
        """The letter of a name alone and what stands below and above it, from its source."""
        return scripts_of(canonical(self.text[start - self.origin : token.end - self.origin]), token.shown)
