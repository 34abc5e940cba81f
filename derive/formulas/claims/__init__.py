"""A document's layout to its claims: every relation between two formulas, with all readings of both."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from msgspec import Struct
from msgspec.structs import replace

from derive.documents import Layout, Line, Program, Stretch
from derive.documents.programs import python
from derive.documents.traced import Traced, join
from derive.formulas.aliases import with_arguments, with_variables
from derive.formulas.brackets import partners
from derive.formulas.claims.chains import CASES, POINTS, REASONS, SOLVED, chains_of
from derive.formulas.claims.choices import choices_of
from derive.formulas.claims.claim import Claim, Condition, Document, Member
from derive.formulas.claims.numpy_calls import ONE_HOT
from derive.formulas.claims.programs import program_claims
from derive.formulas.claims.relations import DASH, WRAPPED, claims_of
from derive.formulas.claims.sides import Sides
from derive.formulas.compounds import with_compounds
from derive.formulas.habits import habitual
from derive.formulas.names import Labels
from derive.formulas.parameters import with_parameters
from derive.formulas.phrases import worded
from derive.formulas.runs import runs_of
from derive.formulas.steps import with_steps
from derive.formulas.tokens import NO_LABELS, Token, tokens_of
from derive.formulas.transposes import with_transposes
from derive.formulas.units import with_units
from derive.formulas.vocabulary import Vocabulary, labels_of, vocabulary_of

__all__ = [
    "CASES",
    "DASH",
    "ONE_HOT",
    "POINTS",
    "REASONS",
    "SOLVED",
    "WRAPPED",
    "Claim",
    "Condition",
    "Document",
    "Member",
    "read_claims",
]


_AND = frozenset(("and", "∧", "&"))


class _Placed(Struct, frozen=True):
    """A line or a program, its text, and where that begins in the document's text."""

    line: Line | Program
    text: Traced
    start: int

    @property
    def shown(self) -> Iterator[tuple[int, int]]:
        """The spans of the text that stand within delimiters of mathematics."""
        return self._of_kind("formula")

    @property
    def cuts(self) -> Iterator[int]:
        """Where code spans of the text begin and end."""
        return (edge for span in self._of_kind("code") for edge in span)

    def _of_kind(self, kind: str) -> Iterator[tuple[int, int]]:
        place = 0
        for stretch in self.line.stretches if isinstance(self.line, Line) else ():
            if stretch.kind == kind:
                yield place, place + len(stretch.text)
            place += len(stretch.text)


def read_claims(layout: Layout) -> Document:
    """The claims of a layout; a line that is not understood gives its claims, too, with the fault in a member."""
    lines = tuple(_placed(layout))
    tokens = _tokens(lines)
    vocabulary = vocabulary_of(tokens)
    text = join(part for one in lines for part in (one.text, Traced("\n", one.text.at[-1:] or (0,))))
    sides = Sides(vocabulary, text.text)
    claims: list[Claim] = []
    begun = 0
    for is_program, stretch in groupby(zip(lines, tokens, strict=True), _is_program):
        if is_program:
            for one, _ in stretch:
                claims.extend(program_claims(one.text.text, one.start, one.line.cell, begun))
                begun = claims[-1].statement + 1 if claims else begun
        else:
            chains = chains_of(
                (one.line, tuple(worded(tuple(runs_of(line, vocabulary)), one.text.text, one.start)), _has_words(line))
                for one, line in stretch
                if isinstance(one.line, Line)
            )
            claims.extend(claims_of(chains, sides, begun))
            begun += len(chains)
    written = [(one.line, one.start) for one in lines if isinstance(one.line, Line)]
    titles = tuple((line.title, start) for line, start in written if line.title)
    labels = tuple((line.label, start) for line, start in written if line.label)
    rows = tuple((line.row, start) for line, start in written)
    headings = tuple((line.level, start) for line, start in written if line.level)
    conditions = tuple(_conditions(tokens, vocabulary, sides))
    return Document(tuple(claims), vocabulary, text, conditions, titles, labels, rows, headings, choices_of(tokens))


def _is_program(pair: tuple[_Placed, tuple[Token, ...]]) -> bool:
    return isinstance(pair[0].line, Program)


def _has_words(tokens: Sequence[Token]) -> bool:
    return any(token.kind in ("WORD", "TEXT") for token in tokens)


def _placed(layout: Layout) -> Iterator[_Placed]:
    """The lines of a layout, each with its text."""
    start = 0
    for line in (part for whole in layout for part in _parts(whole)):
        text = line.text if isinstance(line, Program) else join(stretch.text for stretch in line.stretches)
        yield _Placed(line, text, start)
        start += len(text) + 1


def _parts(line: Line | Program) -> Iterator[Line | Program]:
    """A line, its code spans that are statements of a program each by itself: `dW = np.dot(X.T, dZ)`."""
    kept: list[Stretch] = []
    for stretch in line.stretches if isinstance(line, Line) else ():
        program = python(stretch.text, is_said=False) if stretch.kind == "code" else None
        if program is None:
            kept.append(stretch)
            continue
        if kept and isinstance(line, Line):
            yield replace(line, stretches=tuple(kept))
        yield Program(program, line.cell)
        kept = []
    if kept or not isinstance(line, Line) or not line.stretches:
        yield replace(line, stretches=tuple(kept)) if isinstance(line, Line) else line


def _tokens(lines: Sequence[_Placed]) -> list[tuple[Token, ...]]:
    """The tokens of the lines, none for a program, with their places in the document's text.

    What stands above a name and how its numbers are typed, only the whole document shows: so it may be read twice.
    """

    def read(labels: Labels) -> list[tuple[Token, ...]]:
        tokens = tuple(
            tokens_of(one.text.text, tuple(one.shown), labels, tuple(one.cuts)) if isinstance(one.line, Line) else ()
            for one in lines
        )
        plain = with_units(habitual(with_steps(with_parameters(with_compounds(tokens)))))
        return with_variables(with_arguments(with_transposes(plain)))

    found = read(NO_LABELS)
    labels = labels_of(found)
    return [
        tuple(replace(token, start=token.start + one.start, end=token.end + one.start) for token in line)
        for one, line in zip(lines, found if labels == NO_LABELS else read(labels), strict=True)
    ]


def _conditions(lines: Iterable[Sequence[Token]], vocabulary: Vocabulary, sides: Sides) -> Iterator[Condition]:
    """Every x > 0 of the document that stands in no claim, be it in brackets."""
    for tokens in lines:
        if not any(token.kind == "COMPARE" for token in tokens):
            continue
        for run in runs_of(tokens, vocabulary):
            inside = run.tokens[1:-1] if partners(run.tokens).get(0) == len(run.tokens) - 1 else run.tokens
            for one in _conjuncts(inside):
                found = _condition(one, sides)
                if found is not None:
                    yield found


def _conjuncts(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """What stands between the `and`s of a condition."""
    places = [place for place, token in enumerate(tokens) if token.value in _AND]
    for begin, end in pairwise((-1, *places, len(tokens))):
        yield tokens[begin + 1 : end]


def _condition(tokens: Sequence[Token], sides: Sides) -> Condition | None:
    """The condition that tokens state; None for anything else, as k = 1 below a sum, which is no relation."""
    within = {place for begin, end in partners(tokens).items() for place in range(begin, end)}
    outside = [place for place in range(len(tokens)) if place not in within]
    signs = [place for place in outside if tokens[place].kind == "COMPARE"]
    if len(signs) != 1 or any(tokens[place].kind == "RELATION" for place in outside):
        return None
    left, right = sides.member(tokens[: signs[0]]), sides.member(tokens[signs[0] + 1 :])
    return Condition(left, right, tokens[signs[0]].value) if left.readings and right.readings else None
