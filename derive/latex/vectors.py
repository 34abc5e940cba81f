"""A wide network as LaTeX: a line for each layer, in vectors and matrices."""

import re

import sympy as sp

from derive.board.vectors import Form, Line, Meaning, Vectors
from derive.latex.expression import TIMES, Names, Piece, as_latex, atom, bracketed
from derive.latex.labels import RATE, label
from derive.latex.lines import Equation, align
from derive.latex.names import Notation
from derive.latex.update import aliases, over_samples
from derive.walkthrough import Walkthrough
from derive.written import Partial

VECTOR = r"\nnvector"
_NUMBER_FIRST = re.compile(r"(?<![\w.}])(\d+(?:\.\d+)?|\\frac\{\d+\}\{\d+\}) \\odot")
_MOST_LISTED = 4


def names_of(loaded: Walkthrough, vectors: Vectors) -> tuple[str, ...]:
    """Every name that the lines and what they mean need a macro for."""
    network = loaded.network
    computed = (line.left.name for line in vectors.forward)
    entries = (entry for meaning in vectors.meanings for entry in meaning.entries)
    whole = (loaded.batch.total,) if loaded.batch else ()
    aliases = (alias for alias, _ in network.aliases)
    meant = (meaning.name for meaning in vectors.meanings)
    return tuple(dict.fromkeys((*meant, *computed, *entries, *aliases, *whole)))


def by_vectors(loaded: Walkthrough, names: Notation, vectors: Vectors) -> list[str]:
    """What the names mean, forward, backward, update."""
    single = {loaded.network.loss, loaded.network.loss_name, *loaded.network.parameters}
    named = _named(names, single)
    computed = {line.left.name for line in vectors.forward}
    trained = [line.left for line in vectors.backward if line.left.by.name not in computed]
    return [
        r"\nnheading{Vectors and matrices}",
        *(rf"${named(meaning.name).latex}$ {_meant(meaning, names)}.\\" for meaning in vectors.meanings),
        r"Products $\odot$, quotients, powers and functions work entry by entry; $\sum$ adds up all entries.",
        r"\nnheading{Forward pass}",
        *align(_equation(loaded, line, named) for line in vectors.forward),
        *aliases(loaded, names),
        *over_samples(loaded, names),
        r"\nnheading{Backward pass}",
        *align(_equation(loaded, line, named) for line in vectors.backward),
        r"\nnheading{Update}",
        *(
            [f"Each gradient is put together over the {len(loaded.batch.rows)} samples as the error is."]
            if loaded.batch
            else []
        ),
        *align(_update(loaded, gradient, named, names) for gradient in trained),
    ]


def _named(names: Notation, single: set[str]) -> Names:
    """Columns and matrices bold, single numbers plain."""

    def named(name: str) -> Piece:
        written = names.written[name]
        return atom(written if name in single else rf"{VECTOR}{{{written}}}", names.widths[name])

    return named


def _equation(loaded: Walkthrough, line: Line, named: Names) -> Equation:
    left = as_latex(line.left, named)
    what = f"d{line.left.of}/d{line.left.by}" if isinstance(line.left, Partial) else str(line.left)
    _, joined = line.form.value
    parts = [_part(part, line.form, named) for part in line.parts]
    text = joined.format(*(part.latex for part in parts))
    return Equation(left, (atom(text, sum(part.width + 1 for part in parts)),), label(loaded, what))


def _part(part: sp.Expr, form: Form, named: Names) -> Piece:
    """A part, its products of columns with ⊙; what is added up stands in brackets where it is a sum."""
    piece = as_latex(part, named)
    if form in (Form.TOTAL, Form.MEAN) and (part.is_Add or piece.signed):
        piece = bracketed(piece)
    return atom(_NUMBER_FIRST.sub(r"\1 \\nntimes", piece.latex.replace(TIMES, r"\odot")), piece.width)


def _update(loaded: Walkthrough, gradient: Partial, named: Names, names: Notation) -> Equation:
    """W⁺ = W - η ∂E/∂W."""
    by = named(gradient.by.name)
    of = names.written[loaded.batch.total if loaded.batch else loaded.network.loss_name]
    text = rf"{by.latex} - {RATE} {TIMES} \nnpartial{{{of}}}{{{by.latex}}}"
    return Equation(atom(f"{by.latex}^{{+}}", by.width), (atom(text, 9.0),), label(loaded, f"{gradient.by}+"))


def _meant(meaning: Meaning, names: Notation) -> str:
    entries = [names.written[entry] for entry in meaning.entries]
    if len(entries) > _MOST_LISTED:
        entries = [*entries[:2], r"\dots", entries[-1]]
    listed = ", ".join(f"${entry}$" for entry in entries)
    if meaning.columns > 1:
        return rf"is ${len(meaning.entries) // meaning.columns} \times {meaning.columns}$, row by row {listed}"
    if len(set(meaning.entries)) == 1 and len(meaning.entries) > 1:
        return f"is the column of {len(meaning.entries)} times ${names.written[meaning.entries[0]]}$"
    return f"is the column of {listed}"
