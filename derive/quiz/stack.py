"""Questions as Moodle XML for STACK, where a student types the formula and Maxima compares it with every slip.

The tree of each question asks for the right formula first, then for one slip after the other; each has a test.
https://docs.stack-assessment.org/en/
"""

from collections.abc import Iterator, Sequence
from html import escape
from xml.sax.saxutils import escape as xml

import sympy as sp

from derive.errors import DeriveError
from derive.quiz.question import Choice, Question
from derive.rules import spelled_out

_VERSION = "2023121100"
_PLAIN = (("decimals", "."), ("multiplicationsign", "dot"), ("sqrtsign", "1"), ("complexno", "i"),
          ("inversetrig", "cos-1"), ("logicsymbol", "lang"), ("matrixparens", "["), ("variantsselectionseed", ""))
_INPUT = (("name", "ans1"), ("type", "algebraic"), ("tans", "ta"), ("boxsize", "60"), ("strictsyntax", "1"),
          ("insertstars", "0"), ("syntaxhint", ""), ("syntaxattribute", "0"), ("forbidwords", "diff"),
          ("allowwords", ""), ("forbidfloat", "0"), ("requirelowestterms", "0"), ("checkanswertype", "0"),
          ("mustverify", "1"), ("showvalidation", "2"), ("options", ""))  # fmt: skip


def as_stack(questions: Sequence[Question]) -> str:
    """The questions as a file for Moodle's question bank. DeriveError where Maxima has no word for a function."""
    return "\n".join(('<?xml version="1.0" encoding="UTF-8"?>', "<quiz>", *map(_question, questions), "</quiz>", ""))


def _question(question: Question) -> str:
    return "\n".join(_lines(question))


def _lines(question: Question) -> Iterator[str]:
    equations = "<br>".join(escape(line, quote=False) for line in question.equations)
    asked = (f"<p>{escape(question.title, quote=False)}</p><p>{equations}</p><p>What is {question.name}? Type it with "
             "* for products and ^ for powers.</p><p>[[input:ans1]]</p><div>[[validation:ans1]]</div>")
    yield '<question type="stack">'
    yield _named("name", f"{question.title}: {question.name}")
    yield _html("questiontext", asked)
    yield _html("generalfeedback", f"<p>{escape(f'{question.name} = {question.right.text}', quote=False)}</p>")
    yield "<defaultgrade>1</defaultgrade><penalty>0.1</penalty><hidden>0</hidden><idnumber></idnumber>"
    yield _named("stackversion", _VERSION)
    yield _named("questionvariables", f"ta:{maxima(question.right.expression)};")
    yield _html("specificfeedback", "<p>[[feedback:prt1]]</p>")
    yield _html("questionnote", escape(question.name))
    yield "<questionsimplify>1</questionsimplify><assumepositive>0</assumepositive><assumereal>0</assumereal>"
    yield _html("prtcorrect", "<p>Right.</p>")
    yield _html("prtpartiallycorrect", "<p>Partly right.</p>")
    yield _html("prtincorrect", "<p>Not right.</p>")
    yield from (f"<{name}>{value}</{name}>" for name, value in _PLAIN)
    yield f"<input>{''.join(f'<{name}>{value}</{name}>' for name, value in _INPUT)}</input>"
    yield "<prt><name>prt1</name><value>1.0000000</value><autosimplify>1</autosimplify><feedbackstyle>1</feedbackstyle>"
    yield _named("feedbackvariables", "")
    for number, choice in enumerate(question.choices):
        following = number + 1 if number + 1 < len(question.choices) else -1
        yield _node(number, "ta" if choice.is_right else maxima(choice.expression), choice, following)
    yield "</prt>"
    for number, choice in enumerate(question.choices):
        yield _test(number, choice)
    yield "</question>"


def _node(number: int, compared: str, choice: Choice, following: int) -> str:
    score = "1.0000000" if choice.is_right else "0.0000000"
    return "".join((
        f"<node><name>{number}</name><description>{xml(choice.mistake)}</description><answertest>AlgEquiv</answertest>",
        f"<sans>ans1</sans><tans>{xml(compared)}</tans><testoptions></testoptions><quiet>1</quiet>",
        f"<truescoremode>=</truescoremode><truescore>{score}</truescore><truepenalty></truepenalty>",
        f"<truenextnode>-1</truenextnode><trueanswernote>prt1-{number + 1}-T</trueanswernote>",
        _html("truefeedback", "" if choice.is_right else f"<p>{escape(choice.feedback, quote=False)}</p>"),
        "<falsescoremode>=</falsescoremode><falsescore>0.0000000</falsescore><falsepenalty></falsepenalty>",
        f"<falsenextnode>{following}</falsenextnode><falseanswernote>prt1-{number + 1}-F</falseanswernote>",
        _html("falsefeedback", ""), "</node>",
    ))  # fmt: skip


def _test(number: int, choice: Choice) -> str:
    """STACK's own test of a node: this answer ends there."""
    score, penalty = ("1.0000000", "0.0000000") if choice.is_right else ("0.0000000", "0.1000000")
    return (f"<qtest><testcase>{number + 1}</testcase><description>{xml(choice.mistake or 'right')}</description>"
            f"<testinput><name>ans1</name><value>{xml(maxima(choice.expression))}</value></testinput>"
            f"<expected><name>prt1</name><expectedscore>{score}</expectedscore><expectedpenalty>{penalty}"
            f"</expectedpenalty><expectedanswernote>prt1-{number + 1}-T</expectedanswernote></expected></qtest>")


def _named(name: str, text: str) -> str:
    return f"<{name}><text>{xml(text)}</text></{name}>"


def _html(name: str, text: str) -> str:
    return f'<{name} format="html"><text>{xml(text)}</text></{name}>'


def maxima(expression: sp.Expr) -> str:
    """An expression as Maxima reads it, its functions spelled out."""
    plain = spelled_out(expression)
    strange = next((part for part in sp.preorder_traversal(plain) if isinstance(part, (sp.Piecewise, sp.sign))), None)
    if strange is not None:
        raise DeriveError("--stack", f"Maxima compares no formula by cases: {expression}", "--gift")
    text: str = sp.sstr(plain, order="none")
    return text.replace("**", "^")
