"""The derivation of every gradient as text, in the order and the form in which a person writes it on the board."""

from collections.abc import Iterable
from itertools import groupby

import sympy as sp

from derive.board.steps import Section, Step, Way, sections
from derive.board.vectors import Form, Line, Meaning, Vectors, as_vectors, entrywise, is_wide
from derive.folding import folded
from derive.gradients.chain import asked_for
from derive.names import partial
from derive.network import Network
from derive.text import as_text
from derive.walkthrough import Walkthrough
from derive.walkthrough.samples import Batch

_MOST_LISTED = 4


def as_derivation(
    walkthrough: Walkthrough, width: int | None = None, *, by_index: bool = False, node: str = "",
    way: Way | None = None,
) -> str:
    """The whole derivation, ending in a newline; lines are folded to `width` characters, None leaves them long.

    A network with many parameters is written by vectors and matrices, unless `by_index` is set. `node` asks for the
    derivative by one name alone, `way` for whole paths or node by node.
    """
    network = walkthrough.network
    head = [walkthrough.title, *([walkthrough.source] if walkthrough.source else [])]
    if node:
        blocks = [_written(section) for section in sections(asked_for(network, node, walkthrough.ones), way)]
    elif walkthrough.shape is not None and is_wide(walkthrough) and not by_index and way is None:
        blocks = [head, *by_vectors(walkthrough, as_vectors(walkthrough, walkthrough.shape))]
    else:
        blocks = [head, _forward(network), *_loss_over_samples(walkthrough)]
        blocks += [_written(section) for section in sections(asked_for(network, "", walkthrough.ones), way)]
        blocks += _gradients_over_samples(walkthrough, network.parameters)
    lines = (line for block in blocks for line in (*block, ""))
    return "\n".join(part for line in lines for part in folded(line, width)).rstrip("\n") + "\n"


def _forward(network: Network) -> list[str]:
    """The equations in the order in which they are computed."""
    equations = [f"  {node.name} = {as_text(node.expression)}" for node in network.nodes]
    return ["Forward pass", *equations, *_short(network)]


def _short(network: Network) -> list[str]:
    return [f"  ({alias} is short for {name}.)" for alias, name in network.aliases]


def _loss_over_samples(walkthrough: Walkthrough) -> list[list[str]]:
    """What the loss over many samples is; nothing for one."""
    batch = walkthrough.batch
    if batch is None:
        return []
    return [[f"Over all {len(batch.rows)} samples", f"  {batch.total} = {_summed(batch, walkthrough.network.loss)}"]]


def _gradients_over_samples(walkthrough: Walkthrough, parameters: Iterable[str]) -> list[list[str]]:
    """How the gradients of many samples are put together; nothing for one."""
    batch = walkthrough.batch
    if batch is None:
        return []
    sums = [
        f"  {partial(batch.total, name)} = {_summed(batch, partial(walkthrough.network.loss_name, name))}"
        for name in parameters
    ]
    return [[f"Over all {len(batch.rows)} samples", *sums]]


def by_vectors(walkthrough: Walkthrough, vectors: Vectors) -> list[list[str]]:
    """Blocks of lines, each under its heading: a line for each layer, not each neuron, and what the names mean."""
    legend = [f"  {meaning.name} {_meant(meaning)}" for meaning in vectors.meanings]
    rules = [
        "  · is the product of matrices, ᵀ turns rows into columns, Σ adds up all entries;",
        "  ⊙ and /, powers and functions work entry by entry. derive show --index writes every entry out.",
    ]
    computed = {line.left.name for line in vectors.forward}
    matrices = [line.left.by.name for line in vectors.backward if line.left.by.name not in computed]
    return [
        ["The columns and matrices", *legend, *rules],
        ["Forward pass", *(f"  {as_line(line)}" for line in vectors.forward), *_short(walkthrough.network)],
        *_loss_over_samples(walkthrough),
        ["Backward pass", *(f"  {as_line(line)}" for line in vectors.backward)],
        *_gradients_over_samples(walkthrough, matrices),
    ]


def as_line(line: Line) -> str:
    """`∂E/∂W1 = ∂E/∂h · xᵀ`."""
    joined, _ = line.form.value
    return f"{as_text(line.left)} = {joined.format(*(_part(part, line.form) for part in line.parts))}"


def _part(part: sp.Expr, form: Form) -> str:
    """A part as text; a sum that is added up stands in brackets."""
    text = entrywise(as_text(part))
    return f"({text})" if form in (Form.TOTAL, Form.MEAN) and (part.is_Add or text[0] == "-") else text


def _meant(meaning: Meaning) -> str:
    """`is the column of h1 … h8`, `is 8 × 2, row by row w1 … w16`."""
    entries = meaning.entries
    listed = ", ".join(entries) if len(entries) <= _MOST_LISTED else f"{entries[0]}, {entries[1]}, …, {entries[-1]}"
    if meaning.columns > 1:
        return f"is {len(entries) // meaning.columns} × {meaning.columns}, row by row {listed}"
    if len(set(entries)) == 1 and len(entries) > 1:
        return f"is the column of {len(entries)} times {entries[0]}"
    return f"is the column of {listed}"


def _summed(batch: Batch, of: str) -> str:
    """The sum over the samples, or their mean."""
    return f"1/{len(batch.rows)} * Σ {of}" if batch.over == "mean" else f"Σ {of}"


def _written(section: Section) -> list[str]:
    """One gradient: its name as a heading, then its steps under the name of their part."""
    lines = [partial(section.of, section.by)]
    for part, steps in groupby(section.steps, key=lambda step: step.part):
        lines.append(f"  {part}:")
        for step in steps:
            lines.append("    " + equation(step))
            lines += [f"    ({name} does not depend on {section.by}.)" for name in step.idle]
    return lines


def equation(step: Step) -> str:
    """The members of a step side by side: `∂o1/∂w5 = ∂(w5 * out_h1 + w6 * out_h2)/∂w5 = out_h1`."""
    return " = ".join(as_text(member) for member in step.members) + since(step)


def since(step: Step) -> str:
    """`, since y1 + y2 = 1`, where that is used."""
    return f", since {' + '.join(step.since)} = 1" if step.since else ""
