"""The questions of a walkthrough: one for each gradient, with the wrong answers that people give."""

import random
from collections.abc import Iterator

import sympy as sp
from msgspec import Struct

from derive.errors import DeriveError
from derive.gradients.chain import derive_gradients
from derive.mistakes import Wrong, gradient_subject, wrong_forms
from derive.names import partial
from derive.rules import RULES
from derive.sentences import sentence
from derive.text import as_text
from derive.walkthrough import Walkthrough

CHOICES = 5
_LIKELY = ("wrong-index", "missing-path", "missing-slope", "sign", "lost-brackets", "half-slope", "wrong-slope",
           "missing-factor", "square", "wrong-variable")
"""Mistakes in the order in which they are made most."""
_MOST_CHARACTERS = 400


class Choice(Struct, frozen=True):
    """One answer: as text and as expression, whether it is right, what a student is told who chooses it."""

    text: str
    expression: sp.Expr
    is_right: bool
    feedback: str
    mistake: str = ""


class Question(Struct, frozen=True):
    """What is asked of one gradient: `∂E/∂w5`, the equations it follows from, the right answer first."""

    name: str
    title: str
    equations: tuple[str, ...]
    choices: tuple[Choice, ...]

    @property
    def right(self) -> Choice:
        """The right answer."""
        return self.choices[0]

    @property
    def wrongs(self) -> tuple[Choice, ...]:
        """The others."""
        return self.choices[1:]

    def shuffled(self) -> tuple[Choice, ...]:
        """The answers in an order that tells nothing, always the same for a question."""
        order = list(self.choices)
        random.Random(f"{self.title}:{self.name}").shuffle(order)
        return tuple(order)


def questions(walkthrough: Walkthrough, choices: int = CHOICES) -> tuple[Question, ...]:
    """A question for each parameter; every wrong answer is refuted by `decide`, no two are the same text.

    DeriveError where a gradient is too long for a question.
    """
    network = walkthrough.network
    equations = (*(f"{node.name} = {as_text(node.expression)}" for node in network.nodes),
                 *(f"{alias} = {name}" for alias, name in network.aliases))
    words = {*network.names, *RULES}  # a formula may begin with these
    found = []
    for parameter, derivation in derive_gradients(network).items():
        if derivation.is_zero:
            continue
        name, text = partial(network.loss_name, parameter), as_text(derivation.value)
        if len(text) > _MOST_CHARACTERS:
            raise DeriveError(name, f"its formula has {len(text):,} characters", "a smaller network")
        right = Choice(text, derivation.value, True, "Right.")
        chosen = _chosen(wrong_forms(gradient_subject(derivation)), choices - 1)
        wrongs = tuple(Choice(as_text(one.formula), one.formula, False, sentence(one.told, words), one.mistake)
                       for one in chosen)
        found.append(Question(name, walkthrough.title, equations, (right, *wrongs)))
    return tuple(found)


def _chosen(wrongs: tuple[Wrong, ...], count: int) -> tuple[Wrong, ...]:
    """So many, of different kinds first, the likeliest before the others."""
    return tuple(one for _, one in zip(range(count), _by_turns(wrongs), strict=False))


def _by_turns(wrongs: tuple[Wrong, ...]) -> Iterator[Wrong]:
    kinds = [[one for one in wrongs if one.mistake == mistake] for mistake in _LIKELY]
    for turn in range(max(map(len, kinds), default=0)):
        yield from (kind[turn] for kind in kinds if turn < len(kind))
