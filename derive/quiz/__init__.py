"""Questions for a learning platform: the right gradient among the slips that people make, each decided to be wrong."""

from derive.quiz.gift import as_gift
from derive.quiz.question import Choice, Question, questions
from derive.quiz.stack import as_stack

__all__ = ["Choice", "Question", "as_gift", "as_stack", "questions"]
