"""The derivation of every gradient as text, in the order and the form in which a person writes it on the board."""

from itertools import groupby

from derive.chain import derive_gradients
from derive.folding import folded
from derive.names import partial
from derive.network import Network
from derive.steps import Section, Step, sections
from derive.text import as_text
from derive.walkthrough import Batch, Walkthrough


def as_derivation(walkthrough: Walkthrough, width: int | None = None) -> str:
    """The whole derivation, ending in a newline; lines are folded to `width` characters, None leaves them long."""
    network = walkthrough.network
    head = [walkthrough.title, *([walkthrough.source] if walkthrough.source else [])]
    blocks = [head, _forward(network), *_loss_over_samples(walkthrough)]
    blocks += [_written(section) for section in sections(derive_gradients(network).values())]
    blocks += _gradients_over_samples(walkthrough)
    lines = (line for block in blocks for line in (*block, ""))
    return "\n".join(part for line in lines for part in folded(line, width)).rstrip("\n") + "\n"


def _forward(network: Network) -> list[str]:
    """The equations in the order in which they are computed."""
    equations = [f"  {node.name} = {as_text(node.expression)}" for node in network.nodes]
    short = [f"  ({alias} is short for {name}.)" for alias, name in network.aliases]
    return ["Forward pass", *equations, *short]


def _loss_over_samples(walkthrough: Walkthrough) -> list[list[str]]:
    """What the loss over many samples is; nothing for one."""
    batch = walkthrough.batch
    if batch is None:
        return []
    return [[f"Over all {len(batch.rows)} samples", f"  {batch.total} = {_summed(batch, walkthrough.network.loss)}"]]


def _gradients_over_samples(walkthrough: Walkthrough) -> list[list[str]]:
    """How the gradients of many samples are put together; nothing for one."""
    batch = walkthrough.batch
    if batch is None:
        return []
    sums = [f"  {partial(batch.total, name)} = {_summed(batch, partial(walkthrough.network.loss_name, name))}"
            for name in walkthrough.network.parameters]
    return [[f"Over all {len(batch.rows)} samples", *sums]]


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
    return " = ".join(as_text(member) for member in step.members)
