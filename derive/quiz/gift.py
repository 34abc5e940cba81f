"""Questions in GIFT, Moodle's text format for multiple choice: https://docs.moodle.org/en/GIFT_format."""

from collections.abc import Sequence
from html import escape

from derive.quiz.question import Question

_SPECIAL = str.maketrans({sign: f"\\{sign}" for sign in "~=#{}:\\"})


def as_gift(questions: Sequence[Question]) -> str:
    """The questions as a file; each answer has its feedback."""
    return "\n".join(map(_question, questions))


def _question(question: Question) -> str:
    equations = "<br>".join(map(_text, question.equations))
    asked = f"<p>{_text(question.title)}</p><p>{equations}</p><p>{_text(f'What is {question.name}?')}</p>"
    answers = "".join(f"\t{'=' if choice.is_right else '~'}{_text(choice.text)}#{_text(choice.feedback)}\n"
                      for choice in question.shuffled())
    return f"::{_text(f'{question.title}: {question.name}')}::[html]{asked}{{\n{answers}}}\n"


def _text(text: str) -> str:
    """A text within HTML within GIFT."""
    return escape(text, quote=False).translate(_SPECIAL)
