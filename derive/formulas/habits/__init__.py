"""Habits of typing that only a whole document shows, each in a file of its own."""

from collections.abc import Sequence

from derive.formulas.habits.crosses import with_crosses
from derive.formulas.habits.functions import with_functions, with_primes, without_spaces
from derive.formulas.habits.integrals import with_integrals
from derive.formulas.habits.letters import with_numbered_letters
from derive.formulas.habits.numbers import doubted, with_numbers
from derive.formulas.habits.sums import with_sums
from derive.formulas.tokens import Token


def habitual(lines: Sequence[Sequence[Token]]) -> list[tuple[Token, ...]]:
    """The tokens of a document's lines as they would stand in a textbook."""
    numbered = with_numbers(with_numbered_letters(with_primes(with_sums(with_functions(lines)))))
    return [tuple(doubted(without_spaces(line))) for line in with_integrals(with_crosses(numbered))]
