"""A document's layout to its claims: every relation between two formulas, with all readings of both."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from derive.documents import Layout, Line, Program
from derive.documents.traced import Traced, join
from derive.errors import DeriveError
from derive.formulas.names import Labels
from derive.formulas.parser import Reading
from derive.formulas.repairs import readings
from derive.formulas.runs import Run, partners, runs_of
from derive.formulas.syntax import Node
from derive.formulas.tokens import Token, tokens_of
from derive.formulas.vocabulary import Vocabulary, labels_of, vocabulary_of

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
    if _has_decimal_commas(tokens):
        tokens = [_with_points(line) for line in tokens]
    labels = labels_of(tokens)
    if labels != Labels():
        commas = _has_decimal_commas(tokens)
        tokens = [tokens_of(t.text, shown, labels) if isinstance(line, Line) else () for line, t, shown, _ in lines]
        tokens = [_with_points(line) for line in tokens] if commas else tokens
    tokens = [tuple(_doubted(line)) for line in tokens]
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
        runs = tuple(_worded(tuple(runs_of(line_tokens, vocabulary)), text.text, at))
        if (
            line.row
            and cell is not None
            and cell[0] == line.row
            and len(runs) == 1
            and runs[0].opens
            and runs[0].closes
        ):
            runs = (_beside(cell[1], runs[0]),)
        for run in runs:
            _add(sentences, run, line)
        if not runs and sentences and any(token.kind in ("WORD", "TEXT") for token in line_tokens):
            sentences[-1].ends = False  # no formula goes on behind a line of words
        alone = len(runs) == 1 and runs[0].opens and runs[0].closes and _is_lone_derivative(runs[0].tokens)
        cell = (line.row, runs[0]) if line.row and alone else None
    claims.extend(_made(sentences, vocabulary, whole.text, begun))
    return Document(tuple(claims), vocabulary, whole, tuple(_conditions(moved, vocabulary, whole.text)))


def _commas(tokens: Sequence[Token]) -> Iterator[int]:
    """The places of commas that stand close between two numbers, braced or not: 0,5 and 0{,}5."""
    for place in range(1, len(tokens) - 1):
        braced = (
            tokens[place].kind == "COMMA"
            and place > 1
            and tokens[place - 1].value == "{"
            and tokens[place + 1].value == "}"
        )
        left, right = (place - 2, place + 2) if braced else (place - 1, place + 1)
        if (
            tokens[place].kind == "COMMA"
            and right < len(tokens)
            and tokens[left].kind == tokens[right].kind == "NUMBER"
        ) and not tokens[place].spaced and not tokens[right].spaced and tokens[left].value.isdigit():
            yield place


def _has_decimal_commas(lines: Iterable[Sequence[Token]]) -> bool:
    """Whether a document writes 0,5 for 0.5: commas close between numbers, one of them behind a 0, and no point at
    all.
    """
    found = False
    for tokens in lines:
        if any(token.kind == "NUMBER" and "." in token.value for token in tokens):
            return False
        found = found or any(
            tokens[max(0, place - 1)].value == "0" or tokens[place - 1].value == "{" for place in _commas(tokens)
        )
    return found


def _with_points(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Tokens with decimal commas as points."""
    made = list(tokens)
    for place in sorted(_commas(tokens), reverse=True):
        wide = 2 if made[place - 1].value == "{" else 1
        left, right = made[place - wide], made[place + wide]
        made[place - wide : place + wide + 1] = [
            Token("NUMBER", f"{left.value}.{right.value}", left.start, right.end, left.spaced, left.shown)
        ]
    return tuple(made)


def _doubted(tokens: Sequence[Token]) -> Iterator[Token]:
    """A comma close between two numbers that may be a decimal one or a list's: nobody can tell, so it is no
    punctuation.
    """
    level = 0
    doubtful = set(_commas(tokens))
    for place, token in enumerate(tokens):
        level += (token.kind == "OPEN") - (token.kind == "CLOSE")
        yield (
            Token("UNKNOWN", ",", token.start, token.end, token.spaced, token.shown)
            if place in doubtful and level == 0
            else token
        )


def _joined(line: Line | Program) -> tuple[Traced, list[tuple[int, int]]]:
    """A line's text, and the spans of it that stand within delimiters of mathematics."""
    if isinstance(line, Program):
        return line.text, []
    shown: list[tuple[int, int]] = []
    place = 0
    for stretch in line.stretches:
        if stretch.kind == "formula":
            shown.append((place, place + len(stretch.text)))
        place += len(stretch.text)
    return join(stretch.text for stretch in line.stretches) if line.stretches else Traced("", ()), shown


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


def _worded(runs: Sequence[Run], text: str, offset: int) -> Iterator[Run]:
    """Runs with those joined between which words state an equality or a derivative.

    `∂o1/∂w5 is equal to a_h1`; `E with respect to w5 = …` is a claim about ∂E/∂w5, never about w5.
    """
    waiting: Run | None = None
    for run in runs:
        first = run.tokens[0]
        before = (
            text[: first.start - offset]
            if waiting is None
            else text[waiting.tokens[-1].end - offset : first.start - offset]
        )
        words = " ".join(before.replace("$", " ").replace(",", " ").replace("*", " ").lower().split())
        related = any(token.kind == "RELATION" for token in run.tokens)
        if (
            waiting is not None
            and not related
            and words in WORDED_RELATIONS
            and (WORDED_RELATIONS[words] or _is_derivative(waiting.tokens))
        ):
            middle = Token("RELATION", "=", waiting.tokens[-1].end, first.start)
            waiting = Run((*waiting.tokens, middle, *run.tokens), waiting.opens, run.closes, waiting.before, run.after)
            continue
        if (
            _BY_WORDS.search(words)
            and not _GRADIENT_WORDS.search(words)
            and related
            and len(run.tokens) > 1
            and run.tokens[1].kind == "RELATION"
        ):
            of = waiting.tokens if waiting is not None and not any(t.kind == "RELATION" for t in waiting.tokens) else ()
            run = Run((*_partial_tokens(of, first), *run.tokens[1:]), run.opens, run.closes, run.before, run.after)
            waiting = None
        elif (
            related
            and len(run.tokens) > 1
            and first.kind == "WORD"
            and run.tokens[1].kind == "RELATION"
            and _GRADIENT_WORDS.search(words)
        ):
            run = replace(run, tokens=(replace(first, value=f"{first.value}_grad"), *run.tokens[1:]))
        elif (
            related
            and len(run.tokens) > 2
            and [t.kind for t in run.tokens[:3]] == ["WORD", "WORD", "RELATION"]
            and run.tokens[1].value == "gradient"
        ):
            run = replace(run, tokens=(replace(first, value=f"{first.value}_grad"), *run.tokens[2:]))
        elif _OF_WORDS.search(words) and related:
            place = next(n for n, token in enumerate(run.tokens) if token.kind == "RELATION")
            left = run.tokens[:place]
            wrapped = (_sign("OF", "", left[0].start), *left) if left else left
            run = Run((*wrapped, *run.tokens[place:]), run.opens, run.closes, run.before, run.after)
        if waiting is not None:
            yield waiting
        waiting = run
    if waiting is not None:
        yield waiting


def _is_lone_derivative(tokens: Sequence[Token]) -> bool:
    return _is_derivative(tokens) and not any(token.kind in ("RELATION", "PLUS", "TIMES") for token in tokens)


def _beside(left: Run, right: Run) -> Run:
    """A derivative in one cell of a table and its formula in the next state an equality."""
    if any(token.kind == "RELATION" for token in right.tokens) or not any(
        token.kind in ("TIMES", "MINUS", "OPEN", "FRACTION", "POWER") for token in right.tokens
    ):
        return right
    middle = Token("RELATION", "=", left.tokens[-1].end, right.tokens[0].start)
    return replace(right, tokens=(*left.tokens, middle, *right.tokens))


_FILLING = r"(?: the| its| our| weight| activation| loss| error| output| function| sigmoid| node| neuron| input)*$"
_OF_WORDS = re.compile(r"(?:derivatives?|slope|differential|differentiation) of" + _FILLING)
_BY_WORDS = re.compile(r"(?:with respect to|w\.?r\.?t\.?)" + _FILLING)
_GRADIENT_WORDS = re.compile(
    r"(?:(?:gradient|grad|slope)(?: of(?: the)? (?:loss|error|cost)(?: function)? (?:with respect to|w\.?r\.?t\.?)| of| for| by| w\.?r\.?t\.?| with respect to)?|derivative (?:w\.?r\.?t\.?|with respect to|by|for))"  # noqa: E501
    + _FILLING
)


def _sign(kind: str, value: str, place: int) -> Token:
    return Token(kind, value, place, place)


def _partial_tokens(of: Sequence[Token], by: Token) -> tuple[Token, ...]:
    """∂(of)/∂by; where nobody says of what, a sign that is not understood."""
    start = of[0].start if of else by.start
    above = (
        (_sign("OPEN", "(", start), *of, _sign("CLOSE", ")", by.start))
        if of
        else (_sign("UNKNOWN", "a derivative of nothing told", start),)
    )
    return (_sign("PARTIAL", "∂", start), *above, _sign("OVER", "/", by.start), _sign("PARTIAL", "∂", by.start), by)


WORDED_RELATIONS = MappingProxyType({
    "is equal to": True, "equals": True, "equals to": True, "is equals to": True, "reduces to": True, "simplifies to": True,  # noqa: E501
    ":": False, "is": False, "becomes": False, "will be": False, "is just": False, "is simply": False, "would be": False, "is given by": False,  # noqa: E501
})  # fmt: skip
"""Words between two formulas that state an equality; False where only a derivative before them makes it one."""


def _is_derivative(tokens: Sequence[Token]) -> bool:
    return any(
        token.kind == "PARTIAL" or (token.kind == "WORD" and token.value[:1] in "dδ" and len(token.value) > 1)
        for token in tokens[:4]
    ) and any(token.kind in ("OVER", "FRACTION") for token in tokens)


_GOES_ON = frozenset("PLUS TIMES OVER MINUS POWER".split())


def _add(sentences: list[_Sentence], run: Run, line: Line) -> None:
    """A run as a sentence of its own, or as what goes on with the one before."""
    members, relations = _split(run)
    last = sentences[-1] if sentences else None
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
            members, relations, line.block, line.cell, run.closes, words, before if before in _CASES else "", run.opens
        )
    )


_CASES = frozenset("since if when for case because as with where suppose assume let given".split())


def _is_dashed(tokens: Sequence[Token]) -> bool:
    """Whether a side begins with a sign that may be the dash of a list: -∂E/∂w5 = …"""
    return len(tokens) > 1 and tokens[0].kind == "MINUS" and not tokens[0].shown and not tokens[1].spaced


def _is_open(tokens: Sequence[Token]) -> bool:
    return sum((token.kind == "OPEN") - (token.kind == "CLOSE") for token in tokens) > 0


def _made(sentences: Iterable[_Sentence], vocabulary: Vocabulary, text: str, count: int) -> Iterator[Claim]:
    """The claims of sentences: one for each relation."""
    for number, sentence in enumerate(sentences):
        if not sentence.relations:
            continue
        made = [_member(tokens, vocabulary, text) for tokens in sentence.members]
        if sentence.opens and _is_dashed(sentence.members[0]):
            bare = _member(sentence.members[0][1:], vocabulary, text)
            dashed = tuple(replace(r, assumed=(*r.assumed, "the dash before the line is none")) for r in bare.readings)
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


def _member(tokens: Sequence[Token], vocabulary: Vocabulary, text: str) -> Member:
    if not tokens:
        return Member("", 0, 0, fault="one side of the sign of equality is empty")
    if tokens[0].kind == "OF":
        return _of(tokens[1:], vocabulary, text)
    start, end = tokens[0].start, tokens[-1].end
    shown = text[start:end]
    if len(tokens) > LONGEST_SIDE:
        return Member(shown, start, end, fault=f"a side of {len(tokens):,} signs: at most {LONGEST_SIDE:,} are read")
    try:
        return Member(shown, start, end, readings(tokens, vocabulary, shown))
    except DeriveError as error:
        return Member(shown, start, end, fault=str(error))


def _of(tokens: Sequence[Token], vocabulary: Vocabulary, text: str) -> Member:
    """The left side behind `the derivative of`: the side itself, or its derivative by its only variable."""
    plain = _member(tokens, vocabulary, text)
    slopes = tuple(
        Reading(Node("prime", (r.tree,), "", plain.start, plain.end, 1), (*r.assumed, "the derivative of it"))
        for r in plain.readings
    )
    return replace(plain, readings=(*plain.readings, *slopes))


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
