"""Programs in documents: fences, cells and files, and whether they are Python."""

import ast
import re
import warnings
from collections.abc import Iterator
from types import MappingProxyType

from derive.documents.traced import Traced, join

PYTHON = frozenset(("python", "py", "python3", "py3", "ipython", "ipython3", "pycon"))
_STATEMENT = re.compile(
    r"^[ \t]*(?:import \w|from \w[\w.]* import |def \w+\(|class \w+|(?:for|while|if|with) [^\n]+:[ \t]*(?:#[^\n]*)?$"
    r"|print\(|return\b|[\w.]+[ \t]*[-+*/]?=[^=\n][^\n]*\b(?:np|numpy)\.\w)",
    re.MULTILINE,
)
_NO_PYTHON = re.compile(r"^([ \t]*)(?:[%!?][^\n]*|\w[\w.]*\?+[ \t]*|(?:print|exec)[ \t]+[^\s(=][^\n]*)$", re.MULTILINE)
"""Commands to the notebook, and Python 2's statements."""
_SIGN = re.compile(r"(?<=[\w)\]])\^T\b|[⊙∘×−]")
_TYPED = MappingProxyType({"^T": ".T", "⊙": "*", "∘": "*", "×": "*", "−": "-"})
"""Signs of mathematics that people put into programs, as Python has them."""
_PROMPT = re.compile(r"^[ \t]*(?:>>>|\.\.\.) ?", re.MULTILINE)


def python(text: Traced, *, is_said: bool) -> Traced | None:
    """The text as a program in Python, None where it is none: it parses and, unless that is said, has a statement."""
    if is_said:
        text = _without_prompts(text).sub(_NO_PYTHON, lambda match: [match.span(1), "pass"])
        text = text.sub(_SIGN, lambda match: [_TYPED[match[0]]])
    elif not _STATEMENT.search(text.text):
        return None
    text = _without_indent(text)
    return text if _is_python(text.text) else None


def _is_python(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return bool(ast.parse(text).body)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False


def _without_prompts(text: Traced) -> Traced:
    if not text.text.lstrip().startswith(">>> "):
        return text
    kept = []
    for line in text.lines():
        prompt = _PROMPT.match(line.text)
        if prompt:
            kept += [line[prompt.end() :], Traced.put("\n", line.place(len(line)))]
    return join(kept)


def _without_indent(text: Traced) -> Traced:
    """Without the blanks that all lines begin with."""
    lines = [line for line in text.lines() if line.text.strip()]
    least = min((len(line.text) - len(line.text.lstrip()) for line in lines), default=0)
    if not least:
        return text
    return text.sub(re.compile(rf"^[ \t]{{{least}}}", re.MULTILINE), lambda match: [])


def said_in(program: Traced) -> Iterator[Traced]:
    """What a program says to its readers: its texts between the statements, and its comments that have lines of their
    own or say behind a statement what the loss is, without their marks.
    """
    lines = list(program.lines())
    texts = {
        statement.lineno - 1: statement.end_lineno or statement.lineno
        for statement in ast.walk(ast.parse(program.text))
        if isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    }
    run: list[Traced] = []
    at = 0
    while at < len(lines):
        line = lines[at].text
        comment = (_COMMENT.match(line) or _LOSS_BEHIND.match(line)) if at not in texts else None
        if comment:
            run += [lines[at][comment.end() :], Traced.put("\n", lines[at].place(len(lines[at])))]
        elif run:
            yield join(run)
            run = []
        if at in texts:
            ended = ((line, Traced.put("\n", line.place(len(line)))) for line in lines[at : texts[at]])
            yield join(part for pair in ended for part in pair).sub(_QUOTES, lambda match: [])
        at = texts.get(at, at + 1)
    if run:
        yield join(run)


_COMMENT = re.compile(r"[ \t]*#+[ \t]*(?![!%])")
_LOSS_BEHIND = re.compile(r"[^#\"\']*\S[ \t]*#[ \t]*(?=(?:[ELCJ]|[Ll]oss|[Cc]ost)(?:_\w+)?(?:\([^()\n]*\))?[ \t]*=)")
_QUOTES = re.compile(r"\"\"\"|\'\'\'|^[ \t]*[rRuUfF]*[\"\']|[\"\'][ \t]*$", re.MULTILINE)
