"""Lines to chains: members with relations between them, over as many lines as a formula goes on."""

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from derive.documents import Line
from derive.formulas.brackets import depth_of, within
from derive.formulas.pairs import at_once
from derive.formulas.phrases import is_lone_derivative
from derive.formulas.runs import Run
from derive.formulas.tokens import Token

_PAIR = 2
_PAIRED = frozenset("OPEN NUMBER MINUS COMMA CLOSE".split())
_GOES_ON = frozenset("PLUS TIMES OVER MINUS POWER".split())
_BUILT = frozenset("TIMES MINUS OPEN FRACTION POWER".split())
REASONS = frozenset("since because as weil da puisque porque".split())
CASES = REASONS | frozenset("if when for case with where suppose assume let given at".split())
POINTS = frozenset("at when if".split())
"""The words before a point at which something is looked at."""
SOLVED = frozenset(
    "set setting sets solve solving solved where equate equating equals require requiring maximum minimum maximize "
    "minimize maximise minimise optimum optimal stationary vanish vanishes equivalently condition".split()
)
"""The words before an equation that is to be solved."""

COMPARISONS = frozenset("< > ≤ ≥ <= >= ≪ ≫".split())
"""The relations of a chain that state no equality."""


class Chain(Struct):
    """Members and the relations between them; whether it opens and ends its line, and the words around it."""

    members: list[list[Token]]
    relations: list[str]
    block: int
    cell: int
    section: int
    ends: bool
    words: str
    before: str
    opens: bool
    is_remark: bool
    resumed: Sequence[Token] = ()
    """What it may go on with instead of its first member, a part of it that stands in words: distribute a(1 - a)."""


def chains_of(lines: Iterable[tuple[Line, Sequence[Run], bool]]) -> list[Chain]:
    """The chains of lines, each given with its runs and whether any word stands in it."""
    lines = list(lines)
    cells = Counter(line.row for line, runs, _ in lines if runs)  # x | the input | 1.5 has words between
    chains: list[Chain] = []
    waiting: Run | None = None
    row = 0
    for line, found, has_words in lines:
        runs, alone = found, _is_alone(found)
        if waiting is not None and line.row == row and alone:
            runs = (_beside(waiting, found[0]),)
        for run in at_once(runs):
            _add(chains, run, line)
        if not runs and chains and has_words:
            chains[-1].ends = False  # no formula goes on behind a line of words
        is_told = (alone and is_lone_derivative(runs[0].tokens)) or (cells[line.row] == _PAIR and _is_label(runs))
        if runs or line.row != row:
            waiting = runs[0] if line.row and is_told else None
        row = line.row
    return chains


def _is_alone(runs: Sequence[Run]) -> bool:
    """Whether a line is one formula and nothing else."""
    return len(runs) == 1 and runs[0].opens and runs[0].closes


def _is_label(runs: Sequence[Run]) -> bool:
    """Whether a cell has a name and nothing else, but for words in brackets: y (the target)."""
    if len(runs) != 1 or not (runs[0].opens and _is_name(runs[0])):
        return False
    after = runs[0].after
    return runs[0].closes or (after[0].value == "(" and after[-1].value == ")")


def _is_name(run: Run) -> bool:
    word = run.tokens[0]
    is_letter = len(word.value.partition("_")[0]) == 1
    return len(run.tokens) == 1 and word.kind == "WORD" and (word.shown or is_letter)


def _beside(left: Run, right: Run) -> Run:
    """A derivative in one cell of a table and its formula in the next state an equality, and so do, in a row of these
    two and words, a name and its value.
    """
    if _is_name(left):
        is_formula = [token.kind for token in right.tokens if token.kind != "MINUS"] == ["NUMBER"]
    else:
        is_formula = any(token.kind in _BUILT for token in right.tokens) and not right.is_related
    return replace(right, tokens=left.equated(right).tokens) if is_formula else right


def _add(chains: list[Chain], run: Run, line: Line) -> None:
    """A run as a chain of its own, or as what goes on with the one before."""
    members, relations = _split(run)
    earlier = (one for one in reversed(chains) if not (one.is_remark or run.is_remark))
    last = next((one for one in earlier if members[0] or not (_is_ordinal(one) or _is_point(one))), None)
    # no formula goes on in another cell
    if last is not None and last.cell == line.cell and _goes_on(last, members, relations, run, line):
        if not (last.members[-1] or members[0]):  # a line ends with the sign with which the next one begins
            last.members.pop()
            last.relations.pop()
            members = [last.members.pop(), *members[1:]]
            last.members.append([])
        if not (members[0] or last.relations or last.opens):
            last.resumed = _before_words(chains, last)
        last.members[-1].extend(members[0])
        last.members.extend(members[1:])
        last.relations.extend(relations)
        last.ends = run.closes
        return
    is_worded = relations and not members[-1] and run.after and run.after[0].kind in ("WORD", "TEXT")
    words = " ".join(token.value for token in run.after) if is_worded else ""
    before = [token.value.strip().lower() if token.kind in ("WORD", "TEXT") else "" for token in run.before]
    solved = next((word for word in reversed(before) if word in SOLVED), "")
    case = before[-1] if before and before[-1] in CASES else solved
    here = line.block, line.cell, line.section
    chains.append(Chain(members, relations, *here, run.closes, words, case, run.opens, run.is_remark))


def _is_ordinal(chain: Chain) -> bool:
    """Whether it is a whole number among words, step 2: nothing goes on from it."""
    return not (chain.relations or chain.opens) and len(chain.members[0]) == 1 and chain.members[0][0].value.isdigit()


def _is_point(chain: Chain) -> bool:
    """Whether it is where something is looked at, at t = 1 or (1, 2) among words: nothing goes on from it."""
    kinds = {token.kind for token in chain.members[-1]}
    is_value = len(chain.relations) == 1 and chain.before in POINTS and kinds <= {"NUMBER", "MINUS"}
    is_pair = not (chain.relations or chain.opens) and {"NUMBER", "COMMA"} <= kinds <= _PAIRED
    return is_value or is_pair


def _before_words(chains: Sequence[Chain], last: Chain) -> Sequence[Token]:
    """What the equality before a formula in words ends with, under the same heading, where that formula is a part of
    it.
    """
    found = next((one for one in reversed(chains) if one.relations and not one.is_remark), None)
    if found is None or (found.section, found.cell) != (last.section, last.cell):
        return ()
    part, whole = ([token.value for token in member] for member in (last.members[0], found.members[-1]))
    is_part = any(whole[at : at + len(part)] == part for at in range(len(whole) - len(part) + 1))
    return found.members[-1] if is_part and len(part) < len(whole) else ()


def _split(run: Run) -> tuple[list[list[Token]], list[str]]:
    """The members of a run and the relations between them; a relation within brackets, or in a case, parts nothing.

    A comparison in a chain of mathematics is one of them, a = b > 0, as is -6x < 0 or 12 > 0 anywhere; elsewhere z > 0
    may be what something equals, or multiplies.
    """
    members: list[list[Token]] = [[]]
    relations: list[str] = []
    enclosed = within(run.tokens)
    framed = 0
    for place, token in enumerate(run.tokens):
        framed += (token.kind == "BEGIN") - (token.kind == "END")
        is_compared = token.value in COMPARISONS and _is_link(run, place, members[-1]) and (
            token.shown or _tells_sign(members)
        )
        is_within = framed or place in enclosed or (token.kind == "RELATION" and _is_at_bar(members[-1]))
        if not (token.kind == "RELATION" or is_compared) or is_within:
            members[-1].append(token)
        elif members[-1] or not relations:  # one of = =
            members.append([])
            relations.append(token.value)
    return members, relations


def _is_at_bar(before: Sequence[Token]) -> bool:
    """Whether a sign of equality tells at which value something is: dy/dx|x = 3."""
    is_behind = [token.kind for token in before[-2:]] == ["BAR", "WORD"]
    return is_behind and sum(token.kind == "BAR" for token in before) % 2 == 1


def _is_link(run: Run, place: int, before: list[Token]) -> bool:
    """Whether a comparison is one of a chain: a sign of equality follows, or it says the sign of a formula, 8 b > 0."""
    behind = run.tokens[place + 1 :]
    is_formula = len(before) > 1 or any(token.kind == "NUMBER" for token in before)  # of a name it is a case, 1(b > 0)
    is_sign = len(behind) == 1 and behind[0].value == "0" and is_formula and not _is_false(before, run.tokens[place])
    return any(token.kind == "RELATION" for token in behind) or (is_sign and run.is_related)


def _tells_sign(members: Sequence[Sequence[Token]]) -> bool:
    """Whether a comparison outside mathematics tells the sign of a result, f'' = -6x < 0: the last member begins with a
    sign or a number, no further one makes a product or a sum of it, which may be masked, and no bare word is a mask.
    """
    first, last = members[0], [token.kind for token in members[-1]]
    return last[0] in ("NUMBER", "MINUS") and len(first) > 1 and not {"TIMES", "PLUS", "MINUS"} & set(last[1:])


def _is_false(before: Sequence[Token], comparison: Token) -> bool:
    """Whether a number is said to have the other sign: 6 < 0."""
    kinds = [token.kind for token in before]
    return kinds in (["NUMBER"], ["MINUS", "NUMBER"]) and (len(kinds) == 1) == comparison.value.startswith(("<", "≤"))


def _goes_on(last: Chain, members: list[list[Token]], relations: list[str], run: Run, line: Line) -> bool:
    """Whether a run is what a chain goes on with."""
    first, tail = members[0], last.members[-1]
    if not first:
        return bool(relations and (tail or last.relations)) and run.opens
    if not (last.relations and last.ends and run.opens):
        return False
    if not tail and line.block != last.block and relations and len(first) == 1:
        return False  # an equation of its own, behind a sign that nothing follows
    if not tail or tail[-1].kind in _GOES_ON or depth_of(tail) > 0:
        return True
    if [token.kind for token in first] == ["MINUS", "NUMBER"] and not first[1].spaced and not relations:
        return False  # a number below the formula that it is the value of
    if first[0].kind == "MINUS":  # a dash, where it may be one
        return not relations and (line.displayed or line.block == last.block)
    return first[0].kind in _GOES_ON
