"""A document's layout to its claims: every relation between two formulas, with all readings of both."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from derive.documents import Layout, Line, Program
from derive.documents.traced import Traced, join
from derive.errors import DeriveError
from derive.formulas.habits import habitual
from derive.formulas.names import Labels
from derive.formulas.pairs import at_once
from derive.formulas.parser import Reading
from derive.formulas.phrases import is_lone_derivative, worded
from derive.formulas.repairs import readings
from derive.formulas.runs import Run, partners, runs_of
from derive.formulas.syntax import Node
from derive.formulas.tokens import Token, tokens_of
from derive.formulas.vocabulary import Vocabulary, key, labels_of, vocabulary_of

LONGEST_SIDE = 3_000
"""A side of more tokens than this is nobody's formula."""


class Member(Struct, frozen=True):
    """One member of a chain: its text and place in the document's text, and its readings; `fault` where it has none."""

    text: str
    start: int
    end: int
    readings: tuple[Reading, ...] = ()
    fault: str = ""


class Claim(Struct, frozen=True):
    """left = right as a person states it.

    `relation` is =, ≈, := or += and the like; `statement` numbers the chain that it belongs to, `step` its place in it.
    """

    left: Member
    right: Member
    relation: str
    statement: int
    step: int
    cell: int = 0
    block: int = 0
    words: str = ""
    """What stands behind the relation where that is prose."""
    program: bool = False
    before: str = ""
    """The word before it that makes it a case: since, if, when."""


class Condition(Struct, frozen=True):
    """x > 0 where the document says so, beside its claims."""

    left: Member
    right: Member
    sign: str


class Document(Struct, frozen=True):
    """The claims of a document in their order, its words, and the text in which members have their places."""

    claims: tuple[Claim, ...]
    vocabulary: Vocabulary
    text: Traced
    conditions: tuple[Condition, ...] = ()


class _Sentence(Struct):
    """A chain under construction."""

    members: list[list[Token]]
    relations: list[str]
    block: int
    cell: int
    ends: bool
    words: str = ""
    before: str = ""
    opens: bool = False
    is_remark: bool = False


def read_claims(layout: Layout) -> Document:
    """The claims of a layout; a line that is not understood gives its claims, too, with the fault in a member."""
    from derive.formulas.programs import program_claims

    lines: list[tuple[Line | Program, Traced, list[tuple[int, int]], int]] = []
    parts: list[Traced] = []
    offset = 0
    for line in layout:
        text, shown = _joined(line)
        lines.append((line, text, shown, offset))
        parts += (text, Traced("\n", text.at[-1:] or (0,)))
        offset += len(text) + 1
    tokens = [tokens_of(t.text, shown) if isinstance(line, Line) else () for line, t, shown, _ in lines]
    labels = labels_of(habitual(tokens))
    if labels != Labels():
        tokens = [tokens_of(t.text, shown, labels) if isinstance(line, Line) else () for line, t, shown, _ in lines]
    tokens = habitual(tokens)
    moved = [tuple(_moved(line, at)) for line, (_, _, _, at) in zip(tokens, lines, strict=True)]
    vocabulary = vocabulary_of(moved)
    whole = join(parts) if parts else Traced("", ())
    sentences: list[_Sentence] = []
    claims: list[Claim] = []
    begun = 0
    cell: tuple[int, Run] | None = None
    for (line, text, _, at), line_tokens in zip(lines, moved, strict=True):
        if isinstance(line, Program):
            claims.extend(_made(sentences, vocabulary, whole.text, begun))
            begun += len(sentences)
            sentences = []
            claims.extend(program_claims(line, text.text, at, begun))
            begun = claims[-1].statement + 1 if claims else begun
            continue
        runs = tuple(worded(tuple(runs_of(line_tokens, vocabulary)), text.text, at))
        if (
            line.row
            and cell is not None
            and cell[0] == line.row
            and len(runs) == 1
            and runs[0].opens
            and runs[0].closes
        ):
            runs = (_beside(cell[1], runs[0]),)
        for run in at_once(runs):
            _add(sentences, run, line)
        if not runs and sentences and any(token.kind in ("WORD", "TEXT") for token in line_tokens):
            sentences[-1].ends = False  # no formula goes on behind a line of words
        alone = len(runs) == 1 and runs[0].opens and runs[0].closes and is_lone_derivative(runs[0].tokens)
        cell = (line.row, runs[0]) if line.row and alone else None
    claims.extend(_made(sentences, vocabulary, whole.text, begun))
    return Document(tuple(claims), vocabulary, whole, tuple(_conditions(moved, vocabulary, whole.text)))


def _joined(line: Line | Program) -> tuple[Traced, list[tuple[int, int]]]:
    """A line's text, and the spans of it that stand within delimiters of mathematics."""
    if isinstance(line, Program):
        return line.text, []
    shown: list[tuple[int, int]] = []
    place = 0
    stretches = [stretch for stretch in line.stretches if stretch.text.text.strip() != r"\bullet"]  # the mark of a list
    for stretch in stretches:
        if stretch.kind == "formula":
            shown.append((place, place + len(stretch.text)))
        place += len(stretch.text)
    return join(stretch.text for stretch in stretches) if stretches else Traced("", ()), shown


def _moved(tokens: Iterable[Token], offset: int) -> Iterator[Token]:
    for token in tokens:
        yield replace(token, start=token.start + offset, end=token.end + offset)


def _split(run: Run) -> tuple[list[list[Token]], list[str]]:
    """The members of a run and the relations between them; a relation within brackets parts nothing."""
    members: list[list[Token]] = [[]]
    relations: list[str] = []
    enclosed: set[int] = set()
    for opened, closed in partners(run.tokens).items():
        enclosed.update(range(opened, closed))
    for place, token in enumerate(run.tokens):
        if token.kind == "RELATION" and place not in enclosed:
            if not members[-1] and relations:  # = =
                continue
            members.append([])
            relations.append(token.value)
        else:
            members[-1].append(token)
    return members, relations


def _beside(left: Run, right: Run) -> Run:
    """A derivative in one cell of a table and its formula in the next state an equality."""
    if any(token.kind == "RELATION" for token in right.tokens) or not any(
        token.kind in ("TIMES", "MINUS", "OPEN", "FRACTION", "POWER") for token in right.tokens
    ):
        return right
    middle = Token("RELATION", "=", left.tokens[-1].end, right.tokens[0].start)
    return replace(right, tokens=(*left.tokens, middle, *right.tokens))


_GOES_ON = frozenset("PLUS TIMES OVER MINUS POWER".split())


def _add(sentences: list[_Sentence], run: Run, line: Line) -> None:
    """A run as a sentence of its own, or as what goes on with the one before."""
    members, relations = _split(run)
    last = next((one for one in reversed(sentences) if not one.is_remark), None) if not run.is_remark else None
    if last is not None and last.cell != line.cell:
        last = None  # no formula goes on in another cell
    first = members[0]
    if last is not None and last.ends and run.opens:
        unfinished = bool(last.relations) and (
            not last.members[-1] or last.members[-1][-1].kind in _GOES_ON or _is_open(last.members[-1])
        )
        if unfinished and first:
            last.members[-1].extend(first)
            last.members.extend(members[1:])
            last.relations.extend(relations)
            last.ends = run.closes
            return
        if (
            first
            and first[0].kind in _GOES_ON
            and last.relations
            and (line.displayed or first[0].kind != "MINUS" or line.block == last.block)
        ) and (first[0].kind != "MINUS" or not relations):
            last.members[-1].extend(first)
            last.members.extend(members[1:])
            last.relations.extend(relations)
            last.ends = run.closes
            return
    if not first and relations and run.opens and last is not None and last.members[-1]:
        last.members.extend(members[1:])
        last.relations.extend(relations)
        last.ends = run.closes
        return
    words = ""
    if relations and not members[-1] and run.after and run.after[0].kind in ("WORD", "TEXT"):
        words = " ".join(token.value for token in run.after)
    before = run.before[-1].value.strip().lower() if run.before and run.before[-1].kind in ("WORD", "TEXT") else ""
    sentences.append(
        _Sentence(
            members, relations, line.block, line.cell, run.closes, words, before if before in _CASES else "", run.opens,
            run.is_remark,
        )
    )


DASH = "the dash before the line is none"
_CASES = frozenset("since if when for case because as with where suppose assume let given".split())


def _is_counted(tokens: Sequence[Token]) -> bool:
    """Whether a side begins with the number of its row: 2. (A B)^T = …"""
    return (
        len(tokens) > 1
        and tokens[0].kind == "NUMBER"
        and tokens[0].value.endswith(".")
        and tokens[1].spaced
        and tokens[1].kind in ("WORD", "OPEN", "NABLA", "PARTIAL", "FRACTION", "BARS", "BAR")
    )


def _is_dashed(tokens: Sequence[Token]) -> bool:
    """Whether a side begins with a sign that may be the dash of a list: -∂E/∂w5 = …"""
    return len(tokens) > 1 and tokens[0].kind == "MINUS" and not tokens[0].shown and not tokens[1].spaced


def _is_open(tokens: Sequence[Token]) -> bool:
    return sum((token.kind == "OPEN") - (token.kind == "CLOSE") for token in tokens) > 0


def _made(sentences: Iterable[_Sentence], vocabulary: Vocabulary, text: str, count: int) -> Iterator[Claim]:
    """The claims of sentences: one for each relation."""
    sentences = [*sentences]
    firsts = [one.members[0] for one in sentences if one.relations]
    heads = frozenset(key(first[0].value) for first in firsts if len(first) == 1 and first[0].kind == "WORD")
    for number, sentence in enumerate(sentences):
        if not sentence.relations:
            continue
        if sentence.opens and _is_counted(sentence.members[0]):
            sentence.members[0] = sentence.members[0][1:]
        made = [_member(tokens, vocabulary, text, heads) for tokens in sentence.members]
        if sentence.opens and _is_dashed(sentence.members[0]):
            bare = _member(sentence.members[0][1:], vocabulary, text)
            dashed = tuple(replace(r, assumed=(*r.assumed, DASH)) for r in bare.readings)
            made[0] = replace(made[0], readings=(*made[0].readings, *dashed))
        for step, (left, right) in enumerate(pairwise(made)):
            words = sentence.words if step == len(made) - 2 else ""
            for one, other in _entries(left, right):
                yield Claim(
                    one,
                    other,
                    sentence.relations[step],
                    count + number,
                    step,
                    sentence.cell,
                    sentence.block,
                    words,
                    before=sentence.before,
                )


def _entries(left: Member, right: Member) -> Iterator[tuple[Member, Member]]:
    """[a, b] = [c, d] entry by entry; any other two members as they are."""
    trees = [member.readings[0].tree if member.readings else None for member in (left, right)]
    lists = [tree.parts for tree in trees if tree is not None and tree.kind == "list"]
    if len(lists) < 2 or len(lists[0]) != len(lists[1]):
        yield left, right
        return
    for pair in zip(*lists, strict=True):
        one, other = (
            Member(m.text[n.start - m.start : n.end - m.start], n.start, n.end, (Reading(n),))
            for m, n in zip((left, right), pair, strict=True)
        )
        yield one, other


def _member(
    tokens: Sequence[Token], vocabulary: Vocabulary, text: str, heads: frozenset[str] = frozenset()
) -> Member:
    """A side with its readings; `heads` are the names that a line of the document defines."""
    if not tokens:
        return Member("", 0, 0, fault="one side of the sign of equality is empty")
    if tokens[0].kind == "OF":
        return _of(tokens, vocabulary, text, heads)
    if tokens[0].kind == "GUESSED":
        plain = _member(tokens[1:], vocabulary, text)
        guessed = (replace(r, assumed=(*r.assumed, tokens[0].value)) for r in plain.readings)
        return replace(plain, readings=tuple(guessed))
    start, end = tokens[0].start, tokens[-1].end
    shown = text[start:end]
    if len(tokens) > LONGEST_SIDE:
        return Member(shown, start, end, fault=f"a side of {len(tokens):,} signs: at most {LONGEST_SIDE:,} are read")
    try:
        return Member(shown, start, end, readings(tokens, vocabulary, shown))
    except DeriveError as error:
        return Member(shown, start, end, fault=str(error))


def _of(tokens: Sequence[Token], vocabulary: Vocabulary, text: str, heads: frozenset[str]) -> Member:
    """The left side behind `the derivative of`: its derivative by its only variable, unless it is one already."""
    plain = _member(tokens[1:], vocabulary, text)
    start = tokens[0].start
    whole = replace(plain, text=text[start : plain.end], start=start)
    if any(r.tree.has("partial", "prime") or (r.tree.kind == "call" and r.tree.order) for r in plain.readings):
        return whole
    if any(r.tree.kind == "name" and r.tree.value not in heads for r in plain.readings):
        return replace(whole, readings=(), fault=f"by what {plain.text} is differentiated is not said")
    slopes = (replace(r, tree=Node("prime", (r.tree,), "", plain.start, plain.end, 1)) for r in plain.readings)
    return replace(whole, readings=tuple(slopes))


def _conditions(lines: Iterable[Sequence[Token]], vocabulary: Vocabulary, text: str) -> Iterator[Condition]:
    """Every x > 0 of the document that stands in no claim."""
    for tokens in lines:
        if not any(token.kind == "COMPARE" for token in tokens):
            continue
        for run in runs_of(tokens, vocabulary):
            signs = [place for place, token in enumerate(run.tokens) if token.kind == "COMPARE"]
            if len(signs) == 1 and not any(token.kind == "RELATION" for token in run.tokens):
                left = _member(run.tokens[: signs[0]], vocabulary, text)
                right = _member(run.tokens[signs[0] + 1 :], vocabulary, text)
                if left.readings and right.readings:
                    yield Condition(left, right, run.tokens[signs[0]].value)
