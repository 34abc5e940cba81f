"""As one page for a person: every equality typeset, its verdict, the slip, what is right. It loads and runs nothing."""

from collections.abc import Iterator
from html import escape

from derive.checking import Checked, Examined, Report, Summary, Understood
from derive.checking.report import SIGNS, WORDS, Numbers
from derive.mathml import as_mathml
from derive.tex import typeset

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --bad: #b3261e; --open: #8a4b00; --good: #1a6b2a; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff9a90; --open: #ffc46b; --good: #86d993; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; overflow-wrap: anywhere; }
ol { list-style: none; padding: 0; } li { border-left: 4px solid var(--tone); padding: .2rem .8rem; margin: .6rem 0;
  overflow-x: auto; break-inside: avoid; }
li p { margin: .2rem 0; } b { color: var(--tone); } .quiet { opacity: .75; font-size: .9rem; }
.proved, .definition { --tone: var(--good); } .refuted { --tone: var(--bad); }
.undecided, .not-understood { --tone: var(--open); } .belongs { color: var(--good); }
code { font: .9em/1.4 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; }
"""


def as_html(report: Report) -> str:
    """The page; every text in it is escaped."""
    return "".join((
        '<!DOCTYPE html>\n<!-- derive check -->\n<html lang="en"><head><meta charset="utf-8">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Derivations checked</title><style>{_STYLE}</style></head><body><main><h1>Derivations checked</h1>",
        f"<p>{Summary.of(report.checked)}</p>",
        *(f'<p class="refuted"><b>{escape(fault)}</b></p>' for fault in report.faults),
        *map(_document, report.examined),
        "</main></body></html>\n",
    ))  # fmt: skip


def _document(examined: Examined) -> str:
    claims = "".join(_claim(one) for one in examined.checked)
    understood = "".join(f'<p class="quiet">{escape(told)}</p>' for told in _understood(examined.understood))
    return f"<section><h2>{escape(examined.file)}</h2>{understood}<ol>{claims}</ol></section>"


def _understood(understood: Understood) -> Iterator[str]:
    """How the document was read, in sentences."""
    for lent in understood.lent:
        yield f"Taken from elsewhere, since the document does not say it: {lent}"
    if understood.same:
        same = ", ".join(f"{written} as {read}" for written, read in understood.same)
        yield f"Names read as another spelling: {same}"
    if understood.notes:
        yield f"Assumed: {'; '.join(understood.notes)}"
    if understood.opaque:
        yield f"Used, and nowhere said what it is: {', '.join(understood.opaque)}"


def _claim(one: Checked) -> str:
    word = f"{SIGNS[one.verdict]} {WORDS[one.verdict]}"
    return (
        f'<li class="{one.verdict}"><p><b>{word}</b> <span class="quiet">{one.where}</span></p>'
        f"<p>{typeset_claim(one)}</p>{''.join(_told(one))}</li>"
    )


def _told(one: Checked) -> Iterator[str]:
    if one.reading:
        yield f'<p class="quiet">read as <code>{escape(one.reading)}</code></p>'
    if one.slip:
        yield f"<p>{escape(one.slip.partition(': ')[2] or one.slip)}</p>"
    if one.correct:
        yield f'<p class="belongs">what belongs there: {typeset_correct(one)}</p>'
    if one.numbers is not None:
        yield f'<p class="quiet">{escape(_numbers(one.numbers, one.witness or ()))}</p>'
    if one.reason:
        yield f'<p class="quiet">{escape(one.reason)}</p>'


def _numbers(numbers: Numbers, point: tuple[tuple[str, str], ...]) -> str:
    """The numbers of both sides, and where they have them."""
    told = f"the left side is {numbers.left}, the right side {numbers.right}"
    if numbers.at == "document":
        return f"with the document's own numbers {told}"
    return f"at {', '.join(f'{name} = {value}' for name, value in point)} {told}" if point else told


def typeset_claim(one: Checked) -> str:
    """Both sides as MathML, or the author's own line where a side is no formula."""
    tex = typeset(one)
    if tex.left and tex.right:
        return as_mathml(f"{tex.left} = {tex.right}")
    return f"<code>{escape(one.text.strip())}</code>"


def typeset_correct(one: Checked) -> str:
    """What is right as MathML, or as text."""
    tex = typeset(one).correct
    return as_mathml(tex) if tex else f"<code>{escape(one.correct or '')}</code>"
