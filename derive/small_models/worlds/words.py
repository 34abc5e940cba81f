"""What a text says in words of its arrays: that one is a column, or a column of one number."""

import re
from collections.abc import Mapping

from msgspec import Struct

from derive.formulas.syntax import Node
from derive.formulas.vocabulary import key
from derive.small_models.worlds.definitions import LENT, Rule

_COLUMN = re.compile(r"(?P<of>\w+)\$? is (?:the|a) (?:column|vector)\b(?: of \d+ times \$?(?P<each>\w+))?")


class Words(Struct, frozen=True):
    """The names that are columns, and what each entry of some of them is."""

    columns: frozenset[str]
    each: Mapping[str, str]

    @property
    def rules(self) -> dict[str, tuple[Rule, ...]]:
        """The columns of one number, each entry of them that number."""
        return {of: (Rule(of, (), (), Node("name", (), each), LENT),) for of, each in self.each.items()}


def words_of(text: str) -> Words:
    """What a text says: `B is the column of b1, b2`, `B is the column of 5 times b`."""
    found = [(key(match["of"]), key(match["each"] or "")) for match in _COLUMN.finditer(text)]
    return Words(frozenset(of for of, _ in found), {of: each for of, each in found if each})
