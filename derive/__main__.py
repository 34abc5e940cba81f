"""The command `derive`: reading arguments, printing, exit codes, and nothing else.

Modules are imported inside the commands, so that `--help` answers before SymPy is loaded.
"""

import shutil

import click

from derive.console import OneLine, deliver, say, width
from derive.errors import DeriveError


@click.group(cls=OneLine, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="derive-sheets")
def main() -> None:
    """Derive the gradients of a small network by hand's rules, and check hand derivations.

    \b
    Examples:
      derive show
      derive check my-derivation.md
      derive equal '1/(1 + e^-x)' 'e^x/(1 + e^x)'
      derive latex --standalone -o kanungo.tex
    """


@main.command(short_help="Print the derivation of every gradient.")
@click.argument("walkthrough", default="kanungo")
@click.argument("node", default="")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE, without folding, instead of the terminal.")
@click.option("--by", type=click.Choice(["node", "path"]), help="Node by node, the deltas first, or by whole paths.")
@click.option("--index", "by_index", is_flag=True, help="Every entry of a wide network, not vectors and matrices.")
@click.option("--force", is_flag=True, help="Write over a FILE that is not an earlier output.")
def show(walkthrough: str, node: str, output: str | None, by: str | None, by_index: bool, force: bool) -> None:
    """Print the derivation of every gradient, as a person writes it on the board.

    WALKTHROUGH is the name of a built-in one (default: kanungo) or the path of a TOML file. NODE is a weight or a
    neuron: the derivative of the loss by it alone.

    \b
    Examples:
      derive show
      derive show mazur | less
      derive show kanungo w5
      derive show kanungo --by node
      derive show my-network.toml -o derivation.txt
    """
    from derive.show import as_derivation
    from derive.steps import Way
    from derive.walkthrough import load_walkthrough

    loaded, way = load_walkthrough(walkthrough), Way(by) if by else None
    text = as_derivation(loaded, None if output else width(), by_index=by_index, node=node, way=way)
    deliver(text, output, force)


@main.command(short_help="Print the derivation as LaTeX.")
@click.argument("walkthrough", default="kanungo")
@click.argument("node", default="")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of the terminal.")
@click.option("--standalone", is_flag=True, help="A whole document with a drawing of the network, not a fragment.")
@click.option(
    "--digits",
    type=click.IntRange(1, 12),
    default=4,
    show_default=True,
    help="Decimals of the numbers in the worked example.",
)
@click.option("--by", type=click.Choice(["node", "path"]), help="Node by node, the deltas first, or by whole paths.")
@click.option("--index", "by_index", is_flag=True, help="Every entry of a wide network, not vectors and matrices.")
@click.option("--slides", "kind", flag_value="slides", help="Slides (beamer): a gradient each, factor by factor.")
@click.option("--blanks", "kind", flag_value="blanks", help="A sheet to fill in: a blank for each factor.")
@click.option("--solution", "kind", flag_value="solution", help="The same sheet, filled in.")
@click.option("--format", "written_as", type=click.Choice(["latex", "markdown"]), default="latex", show_default=True,
              help="Markdown is for notebooks and sites.")
@click.option("--force", is_flag=True, help="Write over a FILE that is not an earlier output.")
def latex(walkthrough: str, node: str, output: str | None, standalone: bool, digits: int, by: str | None,
          by_index: bool, kind: str | None, written_as: str, force: bool) -> None:
    """Print forward pass, gradients, update and a worked example as LaTeX.

    WALKTHROUGH is the name of a built-in one (default: kanungo) or the path of a TOML file. NODE is a weight or a
    neuron: the derivative of the loss by it alone. The fragment needs amsmath; every name in it is a macro, which a
    course may define before \\input to restyle it.

    \b
    Examples:
      derive latex -o kanungo.tex
      derive latex --standalone --digits 6 -o kanungo.tex
      pdflatex kanungo && pdflatex kanungo
      derive latex kanungo w5
      derive latex --slides -o slides.tex
      derive latex --blanks -o sheet.tex
      derive latex --format markdown -o kanungo.md
    """
    from derive.latex import to_exercise, to_latex, to_markdown, to_slides
    from derive.steps import Way

    way = Way(by) if by else None
    if kind == "slides":
        text = to_slides(walkthrough, node=node, way=way)
    elif kind is not None:
        text = to_exercise(walkthrough, solution=kind == "solution", node=node, way=way)
    elif written_as == "markdown":
        text = to_markdown(walkthrough, digits=digits, by_index=by_index, node=node, way=way)
    else:
        text = to_latex(walkthrough, digits=digits, standalone=standalone, by_index=by_index, node=node, way=way)
    deliver(text, output, force)


@main.command(short_help="Check hand derivations, equality by equality.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--network",
    default="kanungo",
    metavar="WALKTHROUGH",
    show_default=True,
    help="What the files leave undefined is taken from this walkthrough.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of the report.")
def check(files: tuple[str, ...], network: str, as_json: bool) -> int:
    """Check every equality in derivations as their authors left them: text, Markdown, LaTeX or HTML.

    FILE may be - for standard input. The exit code is 0 where everything is proved, 1 where something is refuted,
    undecided or not understood, 2 where nothing could be read.

    \b
    Examples:
      derive check derivation.md
      derive check --json notes.tex article.txt
      derive check --network mazur -
    """
    import json

    from derive.checking import check_files
    from derive.walkthrough import load_walkthrough

    report = check_files(files, load_walkthrough(network))
    for fault in report.faults:
        click.echo(f"error: {fault}", err=True)
    if as_json:
        click.echo(json.dumps([one.as_json() for one in report.checked], ensure_ascii=False, indent=1))
    elif report.examined:
        from derive.checking.terminal import report_lines

        for style, line in report_lines(report, shutil.get_terminal_size().columns):
            say(style, line)
    return report.exit_code


@main.command(short_help="Decide whether two formulas are equal.")
@click.argument("formulas", metavar="[LEFT RIGHT]", nargs=-1)
@click.option("--file", "pairs", metavar="PAIRS.tsv", help="Decide every line of a table: left, tab, right.")
@click.option("--positive", default="", metavar="NAMES", help="Names assumed positive, as x,y.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def equal(formulas: tuple[str, ...], pairs: str | None, positive: str, as_json: bool) -> int:
    """Decide whether two formulas are equal wherever both are defined: proved, refuted with a witness, or undecided.

    Every letter, with its index, is a real variable; e and pi are the constants. A formula that begins with a minus
    comes after --. The exit code is 0 where everything is proved, 1 where something is refuted or undecided.

    \b
    Examples:
      derive equal '1/(1+e^-x)' 'e^x/(1+e^x)'
      derive equal 'sqrt(x^2)' 'x' --positive x
      derive equal --json -- '-(a-b)' 'b-a'
      derive equal --file pairs.tsv --json
    """
    import json

    from derive.equal import decide_lines, decide_pair
    from derive.names import is_name
    from derive.reading.sources import read_source

    if (pairs is None) == (len(formulas) != 2) or (pairs is not None and formulas):
        raise click.UsageError("give two formulas, or --file with a table of pairs")
    assumed = [name.strip() for name in positive.split(",") if name.strip()]
    for name in assumed:
        if not is_name(name):
            raise DeriveError("--positive", f'"{name}" is not a name', "write names with commas between: x,y")
    table = [] if pairs is None else read_source(pairs).removesuffix("\n").split("\n")
    code = 0
    for one in decide_lines(table, assumed) if pairs is not None else [decide_pair(formulas[0], formulas[1], assumed)]:
        if as_json:
            click.echo(json.dumps(one.as_json(), ensure_ascii=False))
        else:
            say(one.word, one.as_line())
        code |= one.word != "proved"
    return int(code)


@main.command(short_help="List the built-in walkthroughs.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the walkthrough file instead, for editors.")
def walkthroughs(schema: bool) -> None:
    """List the walkthroughs that come with the program.

    \b
    Examples:
      derive walkthroughs
      derive walkthroughs --schema > walkthrough.schema.json
    """
    from derive.walkthrough import built_in, load_walkthrough
    from derive.walkthrough_file import schema as as_schema

    if schema:
        click.echo(as_schema(), nl=False)
        return
    for name in built_in():
        found = load_walkthrough(name)
        say("title", name)
        say("", f"  {found.title}")
        if found.source:
            say("quiet", f"  {found.source}")


if __name__ == "__main__":
    main()
