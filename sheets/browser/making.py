"""What a walkthrough gives: its network, the steps of a gradient, the workbook, an exercise, LaTeX."""

import tempfile
from pathlib import Path
from typing import Any

import derive
from derive.board.steps import Part, sections
from derive.errors import DeriveError
from derive.mathml import as_mathml
from derive.names import symbol
from derive.tex import as_tex
from derive.walkthrough.keys import read_keys
from sheets.browser.exchange import Files, Given, as_drawing, as_file
from sheets.browser.typed import built_in_texts, changed_walkthrough, typed_walkthrough


def make(given: Given, files: Files) -> Any:
    """A walkthrough's network, its equations as MathML and what can be asked about it; or its fault with the line."""
    loaded = changed_walkthrough(given)
    network = loaded.network
    return {
        "name": loaded.name, "title": loaded.title, "source": loaded.source, "drawing": as_drawing(network),
        "equations": [as_mathml(f"{as_tex(symbol(node.name))} = {as_tex(node.expression)}") for node in network.nodes],
        "parameters": list(network.parameters), "samples": len(loaded.batch.rows) if loaded.batch else 1,
        "rates": [str(rate) for rate in loaded.learning_rates], "updates": loaded.updates,
    }  # fmt: skip


def derivation(given: Given, files: Files) -> Any:
    """The steps of one gradient, each as MathML with the link of the network that it is about."""
    network = typed_walkthrough(given).network
    section = sections([derive.derive_gradients(network)[given["by"]]])[-1]
    steps = []
    for step in section.steps:
        of, by = (getattr(end, "name", "") for end in step.members[0].args[:2])
        link = [network.loss if of == network.loss_name else of, by] if step.part is Part.FACTOR else None
        steps.append({"part": step.part.value, "link": link, "idle": list(step.idle),
                      "mathml": as_mathml(" = ".join(map(as_tex, step.members)))})  # fmt: skip
    return {"by": given["by"], "steps": steps}


def workbook(given: Given, files: Files) -> Any:
    """The workbook of a walkthrough."""
    from sheets.building.workbook import build

    loaded = changed_walkthrough(given)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "built.xlsx"
        build(loaded, target)
        return as_file(f"{loaded.name}.xlsx", target.read_bytes())


def exercise(given: Given, files: Files) -> Any:
    """A worksheet with empty columns that marks them while they are filled; with `solved` its solution."""
    from sheets.exercise import blanks_of, prepare, write_exercise

    loaded, solved = changed_walkthrough(given), bool(given.get("solved"))
    seed = str(given.get("seed") or "").strip()
    if seed and not seed.isdigit():
        raise DeriveError("start values", f'"{seed}" is no whole number', "write 7, or leave it empty")
    maker = prepare(loaded, blanks_of(given.get("blank") or "gradients", loaded.network))
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "exercise.xlsx"
        write_exercise(maker.make(int(seed) if seed else None), target, solved=solved)
        return as_file(f"{loaded.name}-{'solution' if solved else 'exercise'}.xlsx", target.read_bytes())


def latex(given: Given, files: Files) -> Any:
    """Its derivation as a LaTeX document."""
    loaded = changed_walkthrough(given)
    return as_file(f"{loaded.name}.tex", derive.to_latex(loaded, standalone=True).encode())


def examples(given: Given, files: Files) -> Any:
    """The built-in walkthroughs: what each file says, and the hand derivation that comes with it."""
    texts = built_in_texts()
    typed = {name: read_keys(name, text) for name, text in texts.items()}
    return [{"name": name, "title": keys.title, "toml": texts[name], "derivation": keys.derivation.strip("\n")}
            for name, keys in typed.items()]  # fmt: skip
