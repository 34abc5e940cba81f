"""Limits as operands, over the rest of their term."""

from derive.formulas.grammar.parser import Parser
from derive.formulas.syntax import LIMIT, Node


def limit(parser: Parser) -> Node:
    r"""\lim_{h \to 0} f, lim h→0 f, lim_(h→0) f."""
    start = parser.take().start
    parser.accept("BELOW")
    opened = parser.accept("OPEN")
    name = parser.atom()
    if name.kind != "name":
        raise parser.fault()
    parser.take("APPROACH")
    to = _end(parser, opened is not None)
    if opened is not None:
        parser.close(opened)
    if not parser.kind():
        raise parser.fault()
    body = parser.term()
    if parser.kind() in ("PLUS", "MINUS") and parser.choose("", "the limit reaches over the terms behind it, too"):
        body = parser.summed(body, body.start)
    return parser.node("at", start, body, Node("list", (name,)), Node("list", (to,)), value=LIMIT)


def _end(parser: Parser, is_bracketed: bool) -> Node:
    """What a name goes to, from whichever side: 0, 0^+."""
    begun = parser.place
    to = parser.signed(parser.atom)
    if parser.accept("POWER"):
        opened = parser.accept("OPEN")
        if parser.accept("PLUS") or parser.accept("MINUS"):
            if opened is not None:
                parser.close(opened)
            return to
    elif not is_bracketed or parser.kind() == "CLOSE":
        return to
    parser.place = begun
    return parser.sum()
