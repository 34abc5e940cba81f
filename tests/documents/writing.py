"""A document on paper: the same lines as plain text, Markdown, LaTeX, a web page, a notebook, a program."""

import html
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tests.documents import derivations, graphs, names, networks
from tests.documents.derivations import Line, with_deltas
from tests.documents.networks import Network
from tests.documents.notations import Notation, Spelling, choose
from tests.documents.slips import Slip, slip_in
from tests.documents.terms import Meaning, Name

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
    notation: Notation
    meaning: Meaning
    lines: tuple[Line, ...]
    form: str
    is_called: bool = False
    """Whether the loss is told as a function, C(ŷ, y) = …"""

    @property
    def keys(self) -> tuple[str, ...]:
        """All quantities."""
        return tuple(key for key in self.notation.names if not key.startswith(("function", "new")))

    def statement(self, line: Line) -> str:
        """A line as its author writes it."""
        texts = [self.notation.text(member) for member in line.members]
        if self.is_called and line.act == "forward" and line.members[0] == Name("loss"):
            texts[0] += f"({self.notation.name('out 2 1')}, {self.notation.name('target 1')})"
        found = texts[0]
        for number, text in enumerate(texts[1:]):
            sign = line.signs[number] if line.signs else "="
            sign = _SIGNS.get(self.notation.kind, {}).get(sign, sign)
            found += f"{sign}{text}" if self.notation.tight and self.notation.kind != "latex" else f" {sign} {text}"
        return found

    def page(self, form: str = "") -> Page:
        """The document in a form of FORMS, its own by default."""
        return FORMS[form or self.form](self)

    def renamed(self, rng: random.Random, role: str = "", *, words: bool = False) -> "Document":
        """The same in other letters, or in words: all its quantities, or those of one role, such as its inputs."""
        keys = tuple(key for key in self.keys if key != "variable")
        old, taken = self.notation.names, {_letters(spelling) for spelling in self.notation.names.values()}
        chosen: dict[str, Spelling] = {}
        for _ in range(100):
            try:
                fresh = names.spell(names.SCHEMES["target"] if words else names.random_scheme(rng), keys)
            except ValueError:
                continue
            chosen = {key: fresh[key] for key in keys if key.startswith(role)}
            if not role or not {_letters(spelling) for spelling in chosen.values()} & taken:
                break
        marks = {key: _marked(old, fresh, key) for key in old if key.startswith("new")} if not role else {}
        return replace(self, notation=replace(self.notation, names={**old, **chosen, **marks}))

    def shuffled(self, rng: random.Random) -> tuple["Document", tuple[int, ...]]:
        """The same with claims in another order among themselves, and the new places of the lines."""
        order = list(range(len(self.lines)))
        for act in ("slope", "gradient", "given"):
            places = [n for n in order if self.lines[n].act == act]
            for place, number in zip(places, rng.sample(places, len(places)), strict=True):
                order[place] = number
        return replace(self, lines=tuple(self.lines[n] for n in order)), tuple(order)

    def slipped(self, rng: random.Random) -> tuple["Document", Slip] | None:
        """The document with one line false; None where no try gave one."""
        for _ in range(8):
            number = rng.randrange(len(self.lines))
            slip = slip_in(rng, self.meaning, self.lines, self.keys, number)
            if slip is not None:
                lines = (*self.lines[:number], slip.line, *self.lines[number + 1 :])
                return replace(self, lines=lines), slip
        return None


def _letters(spelling: Spelling) -> str:
    """A name as a reader knows it: D1 and D_1 are one."""
    return spelling.plain.replace("_", "")


_SIGNS = {"latex": {"≈": r"\approx", "←": r"\leftarrow"}, "code": {"←": "=", ":=": "=", "≈": "="}}


def write(seed: int) -> Document:
    """The document of a seed: a network, a derivation, names, a notation and a form, all at random."""
    rng = random.Random(seed)
    if rng.random() < 0.1:
        return _graph(rng, seed)
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


def _graph(rng: random.Random, seed: int) -> Document:
    """A graph of scalars in single letters, d and e among them."""
    graph = graphs.draw(rng)
    start = rng.choice([0, 0, rng.randrange(10)])
    letters = graphs.LETTERS[start : start + len(graph.keys) - 1]
    if rng.random() < 0.5:
        rng.shuffle(letters)
    spelled = {key: Spelling(letter, letter) for key, letter in zip(graph.keys, letters, strict=False)}
    spelled["loss"] = Spelling(*[rng.choice("LJE")] * 2)
    kind = rng.choice(["plain", "plain", "code", "latex"])
    notation = choose(rng, spelled, kind=kind, e_is_free=False)
    lines = tuple(graphs.lines(rng, graph))
    return Document(seed, notation, graph.meaning, lines, rng.choice(_FORMS_OF[kind]))


_FORMS_OF = {"plain": ("text", "text", "markdown"), "latex": ("latex", "latex", "markdown"), "code": ("code",)}


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
    called = kind != "code" and network.errors == ("loss",) and rng.random() < 0.15
    return Document(seed, notation, meaning, tuple(lines), rng.choice(_FORMS_OF[kind]), called)


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


def _marked(old: Mapping[str, Spelling], fresh: Mapping[str, Spelling], key: str) -> Spelling:
    """The name of a new value: the weight's, with the mark that the old one had."""
    weight = key.removeprefix("new ")
    plain = old[key].plain.removeprefix(old[weight].plain)
    latex = old[key].latex.removeprefix(old[weight].latex)
    return Spelling(fresh[weight].plain + plain, fresh[weight].latex + latex)


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
            text = html.escape(document.statement(line), quote=False)
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
