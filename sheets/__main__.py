"""The command `sheets`: reading arguments, printing, exit codes, and nothing else.

Modules are imported inside the commands, so that `--help` answers before SymPy is loaded.
"""

from decimal import Decimal, InvalidOperation
from pathlib import Path

import click

from derive.__main__ import OneLine
from derive.errors import DeriveError


@click.group(cls=OneLine, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="derive-sheets")
def main() -> None:
    """Write the training tables of a small network to Excel, and audit other people's."""


@main.command(epilog="Example: sheets build kanungo -o class.xlsx --rates 0.1,0.5 --epochs 100")
@click.argument("walkthrough", default="kanungo")
@click.option("-o", "--output", metavar="FILE", help="The workbook to write; default: the walkthrough's name.")
@click.option("--rates", metavar="LIST", help="Learning rates, separated by commas: one sheet each.")
@click.option("--epochs", type=int, metavar="N", help="Number of updates; N updates give N + 1 rows.")
@click.option("--force", is_flag=True, help="Write over a file that a person or another program saved.")
def build(walkthrough: str, output: str | None, rates: str | None, epochs: int | None, force: bool) -> None:
    """Write a workbook: one table per learning rate, live formulas with stored values, the loss chart.

    WALKTHROUGH is a built-in name or a TOML file.
    """
    from derive.walkthrough import load_walkthrough, with_changes
    from sheets.announce import announce, verdict_table
    from sheets.workbook import build as write

    chosen = with_changes(load_walkthrough(walkthrough), learning_rates=_rates(rates), updates=epochs)
    target = Path(output if output is not None else f"{chosen.name}.xlsx")
    built = write(chosen, target, force=force)
    for line in announce(str(built.path), built.loss, built.rows, built.sheets):
        click.echo(line)
    for line in verdict_table(built.verdicts):
        click.echo(line)


def _rates(text: str | None) -> list[Decimal] | None:
    """The rates of `--rates`, None where the option is not given."""
    if text is None:
        return None
    rates = []
    for piece in text.split(","):
        try:
            rates.append(Decimal(piece.strip()))
        except InvalidOperation:
            raise DeriveError("--rates", f'"{piece}" is no number', "write them as 0.1,0.5") from None
    return rates


if __name__ == "__main__":
    main()
