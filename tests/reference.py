"""Writes docs/reference.md, every public name as its docstring has it: `python -m tests.reference`."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import derive
import sheets

REFERENCE = Path(__file__).parent.parent / "docs" / "reference.md"
_HEAD = """\
# The Python interface, name by name

Made of the docstrings by `python -m tests.reference`; a test holds it to them, and runs the examples.
[From Python](python.md) shows how the names work together.
"""
_QUALIFIED = re.compile(r"\b(?:[a-z_]\w*\.)+(?=[A-Z])|\b(?:collections|pathlib|concurrent|derive|sheets)\.(?:\w+\.)*")
_EXAMPLE = re.compile(r"^>>> ", re.M)


def reference() -> str:
    """The page."""
    return "\n".join([_HEAD, *_package(derive), *_package(sheets)])


def _package(package: ModuleType) -> Iterator[str]:
    yield f"## {package.__name__}\n"
    for name in package.__all__:
        subject = getattr(package, name)
        told = inspect.getdoc(subject) or ""
        words, example = told[: (at := _first_example(told))].strip(), told[at:].strip()
        used = re.search(rf"(?<![.\w]){name}\b", example)
        imported = f">>> from {package.__name__} import {name}\n" if used else ""
        yield f"### {name}\n"
        yield f"```text\n{_signature(name, subject)}\n```\n"
        yield f"{words}\n"
        yield f"```python\n{imported}{example}\n```\n"


def _first_example(told: str) -> int:
    found = _EXAMPLE.search(told)
    return found.start() if found else len(told)


def _signature(name: str, subject: object) -> str:
    """The arguments, each on a line of its own where they are long; types without their modules."""
    if not callable(subject):
        return name
    signature = inspect.signature(subject)
    told = _QUALIFIED.sub("", f"{name}{signature}")
    if len(told) <= 100:
        return told
    arguments, star = [], False
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not star:
            arguments.append("*")
            star = True
        arguments.append(_QUALIFIED.sub("", str(parameter)))
    result = told[told.rindex(")") + 1 :]
    return "\n".join([f"{name}(", *(f"    {argument}," for argument in arguments), f"){result}"])


if __name__ == "__main__":
    REFERENCE.write_text(reference(), encoding="utf-8")
