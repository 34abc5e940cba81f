"""The parser of a grammar file, from the tables that stand beside it."""

from pathlib import Path
from typing import Any

import lark
import msgspec
from lark import Lark, Transformer
from lark.grammar import Rule
from lark.lexer import TerminalDef


class Tables(msgspec.Struct, frozen=True):
    """What lark makes of a grammar, in the pieces that it writes, and of which grammar and which lark it is.

    The automaton's `states` give for each token what is to be done, tokens and states being numbered.
    """

    grammar: str
    version: str
    data: dict[str, Any]
    memo: dict[int, Any]
    tokens: dict[int, str]
    states: dict[int, dict[int, Any]]


def parser_of(grammar: Path, transformer: Transformer[Any, Any] | None = None) -> Lark:
    """The LALR parser of a grammar file.

    Making the tables takes ten times as long as reading them, and longer than many a command has to do; so they are
    read where they are of this very grammar by this very lark, and made where not.
    """
    text = grammar.read_text(encoding="utf-8")
    try:
        tables = msgspec.json.decode(tables_path(grammar).read_bytes(), type=Tables)
    except (OSError, msgspec.DecodeError):
        return _made(text, transformer)
    if (tables.grammar, tables.version) != (text, lark.__version__):
        return _made(text, transformer)
    automaton = tables.data["parser"]["parser"]
    automaton["tokens"], automaton["states"] = tables.tokens, tables.states
    loaded: Lark = Lark._load_from_dict(  # type: ignore[no-untyped-call]  # what lark's own generated parsers call
        tables.data, tables.memo, transformer=transformer
    )
    return loaded


def make_tables(grammar: Path) -> bytes:
    """The tables of a grammar file, as they are to stand beside it."""
    text = grammar.read_text(encoding="utf-8")
    data, memo = _made(text, None).memo_serialize([TerminalDef, Rule])
    automaton = data["parser"]["parser"]
    tokens, states = automaton.pop("tokens"), automaton.pop("states")
    return msgspec.json.encode(Tables(text, lark.__version__, data, memo, tokens, states)) + b"\n"


def tables_path(grammar: Path) -> Path:
    """Where the tables of a grammar file stand."""
    return grammar.with_suffix(".json")


def _made(text: str, transformer: Transformer[Any, Any] | None) -> Lark:
    return Lark(text, parser="lalr", maybe_placeholders=True, transformer=transformer)
