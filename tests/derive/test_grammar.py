"""The tables beside a grammar are those of the grammar."""

from pathlib import Path

import lark
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lark import Lark, Token, Tree

from derive.reading import grammar
from derive.reading.grammar import Tables, parser_of, tables_path

from ..grammar_tables import GRAMMARS

FORMULA = next(path for path in GRAMMARS if path.name == "formula.lark")


@pytest.mark.parametrize("path", GRAMMARS, ids=lambda path: path.name)
def test_every_grammar_is_read_from_its_tables(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where this fails, the grammar has changed: python -m tests.grammar_tables."""
    of = msgspec.json.decode(tables_path(path).read_bytes(), type=Tables).version
    if of != lark.__version__:
        pytest.skip(f"the tables are of lark {of}, and this is lark {lark.__version__}, which makes its own")
    monkeypatch.setattr(grammar, "_made", None)
    assert isinstance(parser_of(path), Lark)


def test_another_grammar_is_not_read_from_them(tmp_path: Path) -> None:
    changed = tmp_path / "formula.lark"
    changed.write_text('start: "a"\n', encoding="utf-8")
    (tmp_path / "formula.json").write_bytes(FORMULA.with_suffix(".json").read_bytes())
    assert parser_of(changed).parse("a") == Tree("start", [])


@pytest.mark.parametrize("content", [b"", b"{}", b"[1", b'{"grammar": 1}'])
def test_broken_tables_are_passed_over(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "formula.lark").write_text('start: "a"\n', encoding="utf-8")
    (tmp_path / "formula.json").write_bytes(content)
    assert parser_of(tmp_path / "formula.lark").parse("a") == Tree("start", [])


@given(st.lists(st.integers(0, 99), max_size=20))
def test_the_tables_read_as_the_grammar_does(choices: list[int]) -> None:
    made, read = MADE.parse_interactive(""), READ.parse_interactive("")
    for choice in choices:
        fits = sorted(made.accepts())
        assert fits == sorted(read.accepts())
        token = Token(fits[choice % len(fits)], str(choice))
        if token.type == "$END":
            assert made.feed_eof() == read.feed_eof()
            return
        made.feed_token(token)
        read.feed_token(token)


READ = parser_of(FORMULA)
MADE = Lark(FORMULA.read_text(encoding="utf-8"), parser="lalr", maybe_placeholders=True)
