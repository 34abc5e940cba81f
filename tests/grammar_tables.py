"""Writes the tables beside every grammar.

    python -m tests.grammar_tables
"""

from pathlib import Path

from derive.reading.grammar import make_tables, tables_path

GRAMMARS = sorted(Path(__file__).parent.parent.glob("*/grammar/*.lark"))


def main() -> None:
    """Write them."""
    for grammar in GRAMMARS:
        tables_path(grammar).write_bytes(make_tables(grammar))


if __name__ == "__main__":
    main()
