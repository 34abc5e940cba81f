"""Every code block of README and docs is run: files are saved, commands executed, and what they print is compared.

In a document, a block under "Save this as `name`" is a file. A block `sh` holds commands; a block `console` commands
after `$` with what they print, where a line `…` stands for any lines. A block `python` with `>>>` is a doctest. All of
a document run in one folder, in their order, the files first. Commands that are not ours are run elsewhere, and listed.
"""

import doctest
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

import derive.__main__
import sheets.__main__
from derive.walkthrough import load_walkthrough
from tests.laws import sweep
from tests.reference import REFERENCE, reference

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
QUICK = [path for path in DOCUMENTS if path.name != "teaching.md"]  # a class, made and graded
OURS: dict[str, click.Group] = {"derive": derive.__main__.main, "sheets": sheets.__main__.main}
ELSEWHERE = (
    r"python3 -m venv .venv && .*",  # by .ci/run, as the README says it
    r"(nice )?(\.venv/bin/)?python -m tests\.(bench|pictures|corpus)[\w.]*.*",  # by hand: minutes, or other programs
    r"sheets audit homework\.xlsx",  # a student's file; tests/sheets holds what is said of such
    r"sheets audit class/ --mark marked",  # so are these
    r"sheets grade hand-ins\.zip --key week3 --feedback feedback",  # as docs/teaching.md has it, with its files
    r"derive page.*",  # by tests/page, and by .ci/run
    r"derive language-server.*",  # by tests/derive/test_language_server.py
    r"(pip install|pre-commit|python3? -m http\.server) .*",
    r"pdflatex .*",  # by tests/derive/test_latex.py
    r"(\.venv/bin/)?(python -m )?(pytest|ruff|mypy)\b.*", r"\.ci/run", r"soffice .*",  # by .ci/run
)
"""Commands in the docs that this test does not run, and who does."""

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
_SAVED = re.compile(r"[Ss]ave (?:this|it|them)[^`]* as `([^`]+)`[^`]*\Z")


def blocks(document: Path) -> Iterator[tuple[str, str, str]]:
    """(language, text, file name or empty) of every block."""
    text = document.read_text(encoding="utf-8")
    for block in _BLOCK.finditer(text):
        saved = _SAVED.search(text[: block.start()])
        yield block.group(1), block.group(2), saved.group(1) if saved else ""


def commands(language: str, text: str) -> Iterator[tuple[str, str]]:
    """(command, what it should print or empty) of a block."""
    text = text.replace("\\\n", " ")
    if language == "sh":
        yield from ((line, "") for line in text.splitlines() if line and not line.startswith("#"))
        return
    for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def ran(command: str) -> Result:
    """The result of a command of ours, or of some in a pipe; `> file` writes a file."""
    given, result = "", None
    command, _, target = command.partition(" > ")
    stages = command.split(" | ")
    for place, stage in enumerate(stages):
        program, *words = words_of(stage)
        env = {"COLUMNS": "80" if place == len(stages) - 1 and not target else None, "NO_COLOR": "1"}
        result = CliRunner().invoke(OURS[program], words, input=given, env=env, prog_name=program)
        given = result.stdout
    assert result is not None
    if target:
        Path(target).write_text(given, encoding="utf-8")
    return result


def words_of(command: str) -> list[str]:
    """The words of a command, as a shell has them."""
    return shlex.split(command)


def matches(printed: str, expected: str) -> bool:
    """Whether an output is the expected one, a line `…` standing for any lines, `…` in a line for any text."""
    lines = [r"(?:.*\n)*?" if line.strip() == "…" else re.escape(line.rstrip()).replace("…", ".*") + r"[ ]*\n"
             for line in expected.rstrip().splitlines()]
    return re.fullmatch("".join(lines), printed.rstrip() + "\n") is not None


@pytest.mark.slow
@pytest.mark.parametrize("document", sweep(DOCUMENTS, *QUICK), ids=lambda path: path.name)
def test_every_code_block_is_run(document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for language, text, file in blocks(document):
        if file:
            Path(file).write_text(text, encoding="utf-8")
        elif language == "toml":
            (tmp_path / "block.toml").write_text(text, encoding="utf-8")
            load_walkthrough(tmp_path / "block.toml")
    names: dict[str, object] = {}
    for language, text, file in blocks(document):
        assert language in {"sh", "console", "python", "toml", "json", "xml", "text", "tex"}, f"a block `{language}`"
        if language in ("sh", "console"):
            for command, expected in commands(language, text):
                if any(re.fullmatch(pattern, command) for pattern in ELSEWHERE):
                    continue
                result = ran(command)
                assert result.exit_code in (0, 1), f"{command}: {result.output}"
                assert not expected or matches(result.output, expected), f"{command} prints:\n{result.output}"
        elif language == "python":
            test = doctest.DocTestParser().get_doctest(text, names, document.name, str(document), 0)
            assert test.examples, "a block `python` is a doctest"
            outcome = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, clear_globs=False)
            assert outcome.failed == 0
            names = test.globs
        elif language == "json" and not file:
            json.loads(text)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_within_the_project_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (document.parent / target).exists(), target


def options() -> Iterator[tuple[str, str]]:
    """(command, option) of every command of ours."""
    for program, group in OURS.items():
        for name, command in group.commands.items():
            yield f"{program} {name}", ""
            for parameter in command.params:
                if isinstance(parameter, click.Option):
                    yield f"{program} {name}", max(parameter.opts, key=len)


@pytest.mark.parametrize(("command", "option"), list(options()))
def test_every_command_and_option_is_documented(command: str, option: str) -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    section = re.search(rf"^## {re.escape(command)}$(.*?)(?=^## |\Z)", text, re.M | re.S)
    assert section, f"docs/commands.md has no section {command}"
    assert option in section.group(1)


def test_the_readme_begins_with_the_two_commands() -> None:
    first, second, *_ = (text for _, text, _ in blocks(ROOT / "README.md"))
    assert "pip install" in first
    assert first.rstrip().endswith("sheets build")
    assert "pip install" in second
    assert second.rstrip().endswith("pytest -n auto")


def test_the_reference_is_what_the_docstrings_say() -> None:
    """`python -m tests.reference` writes it."""
    assert REFERENCE.read_text(encoding="utf-8") == reference()


def test_pictures_are_small() -> None:
    assert all(path.stat().st_size < 200_000 for path in (ROOT / "docs" / "pictures").glob("*"))


PUBLIC = [f"{module.__name__}.{name}" for module in (derive, sheets) for name in module.__all__]


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_has_an_example_that_holds(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    package, _, own = name.partition(".")
    subject = getattr({"derive": derive, "sheets": sheets}[package], own)
    test = doctest.DocTestParser().get_doctest(subject.__doc__ or "", {own: subject}, name, None, 0)
    assert test.examples
    assert doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test).failed == 0
