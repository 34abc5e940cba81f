"""The command `derive`: reading arguments, printing, exit codes, and nothing else.

Modules are imported inside the commands, so that `--help` answers before SymPy is loaded.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from derive.console import OneLine, deliver, refuse_together, say, width
from derive.errors import DeriveError

if TYPE_CHECKING:
    from derive.equal import Decided


@click.group(cls=OneLine, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="derive-sheets")
def main() -> None:
    """Derive the gradients of a small network as one does by hand, and check derivations.

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
    from derive.board.show import as_derivation
    from derive.board.steps import Way
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
@click.option("--slides", is_flag=True, help="Slides (beamer): a gradient each, factor by factor.")
@click.option("--blanks", is_flag=True, help="A sheet to fill in: a blank for each factor.")
@click.option("--solution", is_flag=True, help="The same sheet, filled in.")
@click.option("--format", "written_as", type=click.Choice(["latex", "markdown"]), default="latex", show_default=True,
              help="Markdown is for notebooks and sites.")
@click.option("--force", is_flag=True, help="Write over a FILE that is not an earlier output.")
def latex(walkthrough: str, node: str, output: str | None, standalone: bool, digits: int, by: str | None,
          by_index: bool, slides: bool, blanks: bool, solution: bool, written_as: str, force: bool) -> None:
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
    from derive.board.steps import Way
    from derive.latex import to_exercise, to_latex, to_markdown, to_slides

    markdown = written_as == "markdown"
    refuse_together(slides=slides, blanks=blanks and not solution, solution=solution, format_markdown=markdown)
    refuse_together(standalone=standalone, format_markdown=markdown)
    way = Way(by) if by else None
    if slides:
        text = to_slides(walkthrough, node=node, way=way)
    elif blanks or solution:
        text = to_exercise(walkthrough, solution=solution, node=node, way=way)
    elif markdown:
        text = to_markdown(walkthrough, digits=digits, by_index=by_index, node=node, way=way)
    else:
        text = to_latex(walkthrough, digits=digits, standalone=standalone, by_index=by_index, node=node, way=way)
    deliver(text, output, force)


@main.command(short_help="Check hand derivations, equality by equality.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--network",
    metavar="WALKTHROUGH",
    help="Only this walkthrough lends what a file uses and leaves undefined; else a built-in one whose shape fits.",
)
@click.option("-v", "--verbose", is_flag=True, help="List the lines that are right, and all that was understood.")
@click.option("--hints", type=click.IntRange(1, 3), default=3, show_default=True,
              help="How much is told of a wrong line: 1 its place, 2 the slip too, 3 what belongs there too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of the report.")
@click.option("--format", "format_", type=click.Choice(["text", "json", "github", "sarif", "junit"]), default="text",
              show_default=True, help="The report's form; github, sarif and junit are for services.")
@click.option("--html", metavar="FILE", help="Write the report as one page, typeset, too.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, metavar="N",
              help="Processes, for many files.")
@click.option("--certificates", metavar="FOLDER", help="Write what `derive verify` replays, a file for each verdict.")
@click.option("--force", is_flag=True, help="Write over files that are not earlier ones of this command.")
def check(
    files: tuple[str, ...], network: str | None, verbose: bool, hints: int, as_json: bool, format_: str,
    html: str | None, jobs: int, certificates: str | None, force: bool,
) -> int:  # fmt: skip
    """Check every equality in derivations as their authors left them: text, Markdown, LaTeX, HTML, notebooks, Word.

    FILE may be a folder, for all documents in it, or - for standard input. The exit code is 0 where everything is
    proved, 1 where something is refuted,
    undecided or not understood, 2 where nothing could be read.

    \b
    Examples:
      derive check derivation.md
      derive check --hints 2 students/ --html students.html
      derive check --json notes.tex article.txt
      derive check --network mazur -
      derive check --format sarif notes/*.md > notes.sarif
      derive check --certificates proofs derivation.md
    """
    from derive.checking import check_files
    from derive.walkthrough import load_walkthrough
    from derive.workers import pool

    refuse_together(json=as_json, **{f"format_{format_}": format_ not in ("text", "json")})
    lender = load_walkthrough(network) if network else None
    with pool(jobs if "-" not in files else 1) as executor:
        lent = lender if executor is None else network
        report = check_files(files, lent, certify=certificates is not None, executor=executor).hinted(hints)
    for fault in report.faults:
        click.echo(f"error: {fault}", err=True)
    if html is not None:
        from derive.delivery import write_text
        from derive.formats.html import as_html

        write_text(Path(html), as_html(report), force=force)
    if as_json or format_ != "text":
        from derive.formats import FORMATS

        click.echo(FORMATS["json" if as_json else format_](report))
    elif report.examined:
        from derive.checking.terminal import report_lines

        for style, line in report_lines(report, width(), verbose=verbose):
            say(style, line)
    if certificates is not None and report.examined:
        from derive.formats.certificates import write_certificates

        click.echo(write_certificates(Path(certificates), report, force=force), err=True)
    return report.exit_code


@main.command(short_help="Decide whether two formulas are equal.")
@click.argument("formulas", metavar="[LEFT RIGHT]", nargs=-1)
@click.option("--file", "pairs", metavar="PAIRS.tsv", help="Decide every line of a table: left, tab, right.")
@click.option("--positive", default="", metavar="NAMES", help="Names assumed positive, as x,y.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--certificate", metavar="FILE", help="Write what `derive verify` replays.")
@click.option("--force", is_flag=True, help="Write over a FILE that is not an earlier certificate.")
def equal(
    formulas: tuple[str, ...], pairs: str | None, positive: str, as_json: bool, certificate: str | None, force: bool
) -> int:
    """Decide whether two formulas are equal wherever both are defined: proved, refuted with a witness, or undecided.

    Every letter, with its index, is a real variable; e and pi are the constants. A formula that begins with a minus
    comes after --. The exit code is 0 where everything is proved, 1 where something is refuted or undecided.

    \b
    Examples:
      derive equal '1/(1+e^-x)' 'e^x/(1+e^x)'
      derive equal 'sqrt(x^2)' 'x' --positive x
      derive equal --json -- '-(a-b)' 'b-a'
      derive equal --file pairs.tsv --json
      derive equal --certificate proof.json 'log(2*x)' 'log(2) + log(x)'
    """
    import json

    from derive.documents.files import read_source
    from derive.equal import decide_lines, decide_pair
    from derive.names import is_name

    if (pairs is None) == (len(formulas) != 2) or (pairs is not None and formulas):
        raise click.UsageError("give two formulas, or --file with a table of pairs")
    assumed = [name.strip() for name in positive.split(",") if name.strip()]
    for name in assumed:
        if not is_name(name):
            raise DeriveError("--positive", f'"{name}" is not a name', "write names with commas between: x,y")
    table = [] if pairs is None else read_source(pairs).removesuffix("\n").split("\n")
    code = 0
    left, right = formulas or ("", "")
    found: list[object] = []
    both: Iterable[tuple[Decided, object]]
    if certificate is not None:
        from derive.certificates import certificate_of, certified_lines

        both = [certificate_of(left, right, assumed)] if pairs is None else certified_lines(table, assumed)
    else:
        plain = [decide_pair(left, right, assumed)] if pairs is None else decide_lines(table, assumed)
        both = ((one, None) for one in plain)
    for one, shown in both:
        found += [] if shown is None else [shown]
        if as_json:
            click.echo(json.dumps(one.as_json(), ensure_ascii=False))
        else:
            say(one.word, one.as_line())
        code |= one.word != "proved"
    if certificate is not None:
        if not found:
            raise DeriveError(certificate, "nothing was decided, so there is no certificate to write")
        deliver(json.dumps(found, separators=(",", ":")) + "\n", certificate, force)
    return int(code)


@main.command(short_help="Write quiz questions for a learning platform.")
@click.argument("walkthrough", default="kanungo")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of the terminal.")
@click.option("--gift/--stack", "gift", default=True, help="Multiple choice in GIFT (default), or STACK's Moodle XML.")
@click.option("--choices", type=click.IntRange(2, 12), default=5, show_default=True, metavar="N",
              help="Answers of a question, the right one among them.")
@click.option("--force", is_flag=True, help="Write over a FILE that is not an earlier output.")
def quiz(walkthrough: str, output: str | None, gift: bool, choices: int, force: bool) -> None:
    """Write a question for each gradient: the right one, and wrong ones that are the slips people make.

    Every wrong answer is decided to be wrong, and tells what is wrong with it.

    \b
    Examples:
      derive quiz -o kanungo.gift
      derive quiz mazur --stack -o mazur.xml
    """
    from derive.quiz import as_gift, as_stack, questions
    from derive.walkthrough import load_walkthrough

    asked = questions(load_walkthrough(walkthrough), choices)
    deliver(as_gift(asked) if gift else as_stack(asked), output, force)


@main.command(short_help="Replay certificates of verdicts.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
def verify(files: tuple[str, ...], as_json: bool) -> int:
    """Replay certificates, by a kernel that shares nothing with what found them.

    FILE is what `derive equal --certificate` or `derive check --certificates` wrote; - is standard input. The exit code
    is 0 where each certificate shows its verdict, 1 where one does not or cannot be read, 2 where none can.

    \b
    Examples:
      derive verify proof.json
      derive verify --json certificates/*.json
    """
    import json

    from derive.certificates import verified_files

    results, faults = verified_files(files)
    for fault in faults:
        click.echo(f"error: {fault}", err=True)
    if as_json:
        click.echo(json.dumps([one.as_json() for one in results], ensure_ascii=False, indent=1))
    else:
        for one in results:
            say(one.word, one.as_line())
    if not results:
        return 2
    return int(bool(faults) or any(one.word == "rejected" for one in results))


@main.command(name="language-server", short_help="Underline wrong lines in an editor.")
@click.option("--network", metavar="WALKTHROUGH", help="What documents leave undefined is taken from this walkthrough.")
def language_server_command(network: str | None) -> None:
    """Speak the Language Server Protocol on standard input and output, for an editor that starts this command.

    It needs an extra: pip install 'derive-sheets[editor]'.

    \b
    Examples:
      derive language-server
      derive language-server --network mazur
    """
    try:
        from derive.language_server import language_server
    except ImportError:
        raise DeriveError("language-server", "pygls is not installed", "pip install 'derive-sheets[editor]'") from None
    from derive.walkthrough import load_walkthrough

    if network is not None:
        load_walkthrough(network)  # a fault of the name is told before an editor waits
    language_server(network).start_io()


@main.command(short_help="Write the program as a page for a browser.")
@click.option("-o", "--output", default="derive.html", metavar="FILE.html|FOLDER", show_default=True,
              help="One file that opens from a disk, or a folder for a web space.")
@click.option("--runtime", metavar="FOLDER", help="The unpacked package pyodide, where there is no npm.")
@click.option("--force", is_flag=True, help="Write over what is not an earlier page.")
def page(output: str, runtime: str | None, force: bool) -> None:
    """Write a page that does all of this in a browser, without a server, a network or anything to install.

    Python's packages come from PyPI by pip, the runtime from npm; each file is held against its SHA-256.

    \b
    Examples:
      derive page
      derive page -o course/derive
    """
    from derive.page import write_page

    compiled = write_page(Path(output), runtime=Path(runtime) if runtime else None, force=force)
    click.echo(f"wrote {output}", err=True)
    if not compiled:
        click.echo("Its modules are not compiled, so that it starts some seconds later: install Node.js.", err=True)


@main.command(short_help="Begin a walkthrough file of your own.")
@click.argument("name")
@click.option("--like", default="xor", show_default=True, metavar="WALKTHROUGH", help="xor, or a built-in walkthrough.")
@click.option("-o", "--output", metavar="FILE",
              help="The file to write; default: NAME in small letters, hyphens for blanks, with .toml.")
@click.option("--force", is_flag=True, help="Write over a FILE that is another, or was edited.")
def new(name: str, like: str, output: str | None, force: bool) -> None:
    """Write a walkthrough file to edit, each key with what it means; NAME is its title.

    \b
    Examples:
      derive new lesson
      derive new "Our first network" --like mazur -o lesson.toml
    """
    import re

    from derive.walkthrough.template import new_file

    file = output or (re.sub(r"[^\w-]+", "-", name).strip("-").lower() or "lesson") + ".toml"
    deliver(new_file(name, like, file), file, force, to_edit=True)


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
    from derive.walkthrough.keys import schema as as_schema

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
