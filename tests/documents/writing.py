"""A document on paper: the same lines as plain text, Markdown, LaTeX, a web page, a notebook, a program."""

import html
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.documents import derivations, names, networks
from tests.documents.derivations import Line, with_deltas
from tests.documents.networks import Network
from tests.documents.notations import Notation, Spelling, choose
from tests.documents.slips import Slip, slip_in
from tests.documents.terms import Meaning

PROSE = {
    "function": ("We use this function.", "The activation:", "Let us define"),
    "forward": ("First the forward pass.", "The network is defined as follows:", "## Forward", "We have"),
    "slope": ("The local derivatives.", "Step by step, backwards:", "## Backward", "Now the pieces:"),
    "delta": ("The errors of the units.", "Let us give the common factors a name:"),
    "gradient": ("By the chain rule:", "Putting it together we get", "The gradients.", "Hence"),
    "update": ("The update.", "Then every weight takes a step:"),
    "given": ("An example with numbers.", "Take these values:"),
    "value": ("This gives", "Computed:"),
}


@dataclass(frozen=True)
class Page:
    """A text and the line on which each statement starts."""

    text: str
    starts: tuple[int, ...]


@dataclass(frozen=True)
class Document:
    """Right lines in one person's notation; all of them true by `meaning`."""

    seed: int
    network: Network
    notation: Notation
    meaning: Meaning
    lines: tuple[Line, ...]
    form: str

    @property
    def keys(self) -> tuple[str, ...]:
        """All quantities."""
        return tuple(key for key in self.notation.names if not key.startswith(("function", "new")))

    def statement(self, line: Line) -> str:
        """A line as its author writes it."""
        texts = [self.notation.text(member) for member in line.members]
        found = texts[0]
        for number, text in enumerate(texts[1:]):
            sign = line.signs[number] if line.signs else "="
            if self.notation.kind == "latex" and sign == "≈":
                sign = r"\approx"
            found += f"{sign}{text}" if self.notation.tight and self.notation.kind != "latex" else f" {sign} {text}"
        return found

    def page(self, form: str = "") -> Page:
        """The document in a form of FORMS, its own by default."""
        return FORMS[form or self.form](self)

    def slipped(self, rng: random.Random) -> tuple["Document", Slip] | None:
        """The document with one line false; None where no try gave one."""
        for _ in range(8):
            number = rng.randrange(len(self.lines))
            slip = slip_in(rng, self.meaning, self.lines, self.keys, number)
            if slip is not None:
                lines = (*self.lines[:number], slip.line, *self.lines[number + 1 :])
                return replace(self, lines=lines), slip
        return None


def write(seed: int) -> Document:
    """The document of a seed: a network, a derivation, names, a notation and a form, all at random."""
    rng = random.Random(seed)
    for _ in range(100):
        name = rng.choice([*names.SCHEMES, "letters", "letters", "letters"])
        scheme = names.random_scheme(rng) if name == "letters" else names.SCHEMES[name]
        network = networks.draw(rng, single=scheme.single)
        kind = rng.choice([kind for kind in scheme.kinds for _ in range(1 if kind == "code" else 3)])
        try:
            return _written(rng, seed, scheme, network, kind)
        except ValueError:  # two quantities of one name: another scheme
            continue
    raise ValueError(f"no document for seed {seed}")


def _written(rng: random.Random, seed: int, scheme: names.Scheme, network: Network, kind: str) -> Document:
    style = rng.choice(["steps", "chain", "full", "delta"])
    lines = [*derivations.forward(rng, network), *derivations.backward(rng, network, style)]
    if rng.random() < 0.3:
        lines += derivations.updates(rng, network)
    if rng.random() < 0.3 and network.own is None:
        lines += derivations.example(rng, network)
    keys = [*network.leaves, *network.definitions, "rate"]
    keys += [f"delta {layer} {j}" for layer in network.layers for j in network.units(layer)] if style == "delta" else []
    spelled = names.spell(scheme, tuple(keys))
    spelled |= _functions(rng, spelled)
    spelled |= _renewed(rng, spelled, network)
    notation = choose(rng, spelled, kind=kind, e_is_free=all(s.plain != "e" for s in spelled.values()))
    meaning = with_deltas(network.meaning, tuple(lines))
    forms = {"plain": ("text", "text", "markdown"), "latex": ("latex", "latex", "markdown"), "code": ("code",)}[kind]
    return Document(seed, network, notation, meaning, tuple(lines), rng.choice(forms))


def _functions(rng: random.Random, spelled: dict[str, Spelling]) -> dict[str, Spelling]:
    """A name for the document's own function, its slope and their variable, none of them taken."""
    taken = {spelling.plain for spelling in spelled.values()}
    letter = next(one for one in rng.sample("fgshφ", 5) if one not in taken)
    slope = rng.choice([f"{letter}'", "d"] if "d" not in taken else [f"{letter}'"])
    latex = names.LATEX.get(letter, letter)
    variable = rng.choice("xtu")
    return {
        "function own": Spelling(letter, latex),
        "function own slope": Spelling(slope, slope.replace(letter, latex)),
        "variable": Spelling(variable, variable),
    }


def _renewed(rng: random.Random, spelled: dict[str, Spelling], network: Network) -> dict[str, Spelling]:
    mark = rng.choice(["_new", "⁺", ""])
    latex = {"_new": "^{new}", "⁺": "^{+}", "": ""}[mark]
    return {f"new {p}": Spelling(spelled[p].plain + mark, spelled[p].latex + latex) for p in network.parameters}


class _Paper:
    """Lines written one after the other, and where the statements begin."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.starts: list[int] = []

    def put(self, *lines: str) -> None:
        self.lines.extend(lines)

    def state(self, line: str) -> None:
        self.starts.append(len(self.lines) + 1)
        self.lines.append(line)

    def page(self) -> Page:
        return Page("\n".join(self.lines) + "\n", tuple(self.starts))


def _parts(document: Document) -> list[tuple[str, list[Line]]]:
    """The lines with what is said before each run of one kind."""
    rng = random.Random(document.seed)
    found: list[tuple[str, list[Line]]] = []
    act = ""
    for line in document.lines:
        if line.act != act:
            found.append((rng.choice(PROSE[line.act]), []))
            act = line.act
        found[-1][1].append(line)
    return found


def _text(document: Document) -> Page:
    paper = _Paper()
    for said, lines in _parts(document):
        paper.put(said.lstrip("# "), "")
        for line in lines:
            paper.state(document.statement(line))
        paper.put("")
    return paper.page()


def _markdown(document: Document) -> Page:
    paper = _Paper()
    shown = document.notation.kind == "latex"
    for said, lines in _parts(document):
        paper.put(said, "")
        for line in lines:
            text = document.statement(line)
            if shown:
                paper.put("$$")
                paper.state(text)
                paper.put("$$")
            else:
                paper.state(f"- `{text}`")
        paper.put("")
    return paper.page()


def _latex(document: Document) -> Page:
    paper = _Paper()
    paper.put(r"\documentclass{article}", r"\usepackage{amsmath}", r"\begin{document}")
    for number, (said, lines) in enumerate(_parts(document)):
        paper.put(rf"\section{{{said[3:]}}}" if said.startswith("## ") else said)
        if number % 2:
            paper.put(r"\begin{align*}")
            for line in lines:
                text = document.statement(line).replace(" = ", " &= ", 1)
                paper.state(text + r" \\")
            paper.put(r"\end{align*}")
        else:
            for line in lines:
                paper.put(r"\[")
                paper.state(document.statement(line))
                paper.put(r"\]")
    paper.put(r"\end{document}")
    return paper.page()


def _code(document: Document) -> Page:
    paper = _Paper()
    for said, lines in _parts(document):
        paper.put(f"# {said.lstrip('# ')}")
        for line in lines:
            paper.state(document.statement(line))
        paper.put("")
    return paper.page()


def _web(document: Document) -> Page:
    paper = _Paper()
    paper.put("<!DOCTYPE html>", "<html><head><title>Backpropagation</title></head><body>")
    for said, lines in _parts(document):
        paper.put(f"<p>{html.escape(said.lstrip('# '))}</p>")
        for line in lines:
            text = html.escape(document.statement(line))
            paper.state(rf"<p>\({text}\)</p>" if document.notation.kind == "latex" else f"<p><code>{text}</code></p>")
    paper.put("</body></html>")
    return paper.page()


def _notebook(document: Document) -> Page:
    """A cell for each part; the places are those in the JSON's lines, one a source line."""
    paper = _Paper()
    cells: list[dict[str, object]] = []
    for said, lines in _parts(document):
        cells.append({"cell_type": "markdown", "metadata": {}, "source": [said]})
        texts = [document.statement(line) for line in lines]
        if document.notation.kind == "code":
            source = [text + "\n" for text in texts]
            cells.append(
                {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}
            )
        else:
            mark = "$$" if document.notation.kind == "latex" else ""
            source = [f"{mark}{text}{mark}\n\n" for text in texts]
            cells.append({"cell_type": "markdown", "metadata": {}, "source": source})
    book = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    for text in json.dumps(book, indent=1, ensure_ascii=False).split("\n"):
        paper.put(text)
    return paper.page()


FORMS: dict[str, Callable[[Document], Page]] = {
    "text": _text,
    "markdown": _markdown,
    "latex": _latex,
    "code": _code,
    "html": _web,
    "notebook": _notebook,
}
