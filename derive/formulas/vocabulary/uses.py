"""What the words of a document are, as the signs around them show wherever they are used."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import takewhile
from types import MappingProxyType

from derive.formulas.brackets import is_difference
from derive.formulas.signs import PROSE
from derive.formulas.tokens import Token, token_at
from derive.formulas.vocabulary.conditionals import conditional
from derive.formulas.vocabulary.words import DIFFERENTIALS, TIMES_PI, Vocabulary, is_known, is_wordlike, key

_ARITHMETIC = frozenset("PLUS MINUS TIMES OVER POWER PARTIAL".split())
_BEGINS = frozenset("STOP COMMA TEXT GAP ARROW AMP ROW RELATION DOTS".split())
_TERMS = _ARITHMETIC | {"RELATION", "NUMBER", "OPEN"}
"""What stands before a word of a formula."""
_COMPOSED = frozenset("WORD PRIME ENTRYWISE".split())
_LETTERS_FOR_AND = frozenset("aeiouyаеиіоу")
"""Italian, Portuguese and Spanish e, y, i, o, u, Czech a, Polish i, Russian и."""
HARDLY_NAMES = frozenset("eи")
"""Those of them that are no factor of a product but where signs of arithmetic show it."""
_LONGEST_COMPOSITION = 8
_LONGEST_NAME = 2
"""A word of more letters may be one of a sentence."""
_POWERS_OF_SIGMOID = 2
"""e^x/(1 + e^x) has as many as it has in any form."""
_OF_SIGMOID = frozenset(("1", "1.0", "e", "exp"))
"""What the sigmoid is made of beside its variable, which it has in powers of e alone; its slips are, too."""
_UPDATING = frozenset("+= -= *= /=".split())


def vocabulary_of(lines: Iterable[Sequence[Token]]) -> Vocabulary:
    """The vocabulary of a document's lines of tokens."""
    plain = [tuple(_unaligned(tokens)) for tokens in lines]
    places = [(tokens, at) for tokens in plain for at, token in enumerate(tokens) if token.kind == "WORD"]

    def used(is_use: Callable[[Sequence[Token], int], bool], of: Callable[[str], str] = key) -> frozenset[str]:
        return frozenset(of(tokens[at].value) for tokens, at in places if is_use(tokens, at))

    spellings: dict[str, str] = {}
    functions: dict[str, tuple[str, ...]] = {}
    for tokens, at in places:
        spellings.setdefault(key(tokens[at].value), tokens[at].value)
        for name, variables in _functions_at(tokens, at):
            functions[name] = functions.get(name) or variables
    bound = frozenset(name for tokens, at in places if (name := bound_at(tokens, at)))
    by = bound.union(*functions.values())
    factors = {letter for tokens, at in places for letter in tokens[at].value[:2] if _is_multiple(tokens, at, by)}
    names, related = used(_is_in_formula) | bound | factors, used(_begins_equation)
    names |= {name.partition("^")[0] for name in names}  # the v_1 of v_1^2 = 2 g h
    related -= {key(tokens[at].value) for tokens, at in places if _is_product(tokens, at, Vocabulary(names=names))}
    before = Vocabulary(names=names, defined=related)
    # wx = 2*3 is a product with values put in, and so is the m v of dE/dv = mv = p
    defining: dict[str, list[tuple[Sequence[Token], int]]] = {}
    for tokens, at in places:
        if _is_related(tokens, at):
            defining.setdefault(key(tokens[at].value), []).append((tokens, at + 1))
    defined = related | {name for name in used(_is_given) | used(_is_defined) if len(before.cut(name)) < 2}
    goals = used(_goes_on_to, str)
    if goals:  # f(x + h) - f(x)
        steps = {_stepped(tokens, at, goals) for tokens, at in places} & {_placed(tokens, at) for tokens, at in places}
        functions.update((key(word), ()) for word, _ in steps if key(word) not in defined | functions.keys() | {""})
    own = defined | used(_is_redefined)
    for name, inside in (map(key, _placed(tokens, at)) for tokens, at in places):
        behind = frozenset().union(*(_words_behind(tokens, at) for tokens, at in defining.get(name, ())))
        if inside in behind and name not in behind:
            functions.setdefault(name, ())  # f(x), of an f = 3 x^2
    functions = {name: variables for name, variables in functions.items() if not is_known(name) or name in own}
    called = used(_is_called, str) - used(_stands, str) - defined.difference(functions) - bound
    return Vocabulary(
        spellings=MappingProxyType(spellings),
        functions=MappingProxyType(functions),
        names=names,
        defined=defined.difference(functions),
        bound=bound,
        differentials=used(lambda tokens, at: bool(bound_at(tokens, at)), lambda word: word[0]) & DIFFERENTIALS,
        finite=frozenset(word[0] for word in goals) & DIFFERENTIALS,
        alone=used(_is_lone_differential, str),
        bare=used(_is_bare),
        bare_defined=defined.intersection(functions),
        called=frozenset(word for word in called if len(before.cut(word)) < 2),
        stepped=used(lambda tokens, at: token_at(tokens, at + 1).value in _UPDATING),
        connectives=(used(_joins, str) | (HARDLY_NAMES - used(_is_in_arithmetic, str)))
        - used(_begins_product, str)
        - bound,
    )


def _unaligned(tokens: Sequence[Token]) -> Iterator[Token]:
    """The tokens of a line without the marks by which signs of equality stand below each other."""
    for place, token in enumerate(tokens):
        if token.kind != "AMP" or not token.shown or token_at(tokens, place + 1).kind != "RELATION":
            yield token


def bound_at(tokens: Sequence[Token], place: int) -> str:
    """The key of a name that is differentiated or differentiated by, behind ∂ or the d of a ratio; else nothing."""
    word, before = tokens[place].value, token_at(tokens, place - 1)
    if before.kind == "PARTIAL":
        return key(word)
    if before.kind == "WORD" and before.value in DIFFERENTIALS and _is_beside_stroke(tokens, place - 1):
        return key(word)
    rest = word[1:].lstrip("_")
    if rest and word[0] in DIFFERENTIALS and _is_beside_stroke(tokens, place) and word not in PROSE:
        return key(rest)
    return ""


def _is_multiple(tokens: Sequence[Token], place: int, by: frozenset[str]) -> bool:
    """Whether a word is ax or bQ in mathematics, where x and Q are what functions have or something is differentiated
    by.
    """
    token = tokens[place]
    head, _, _ = token.value.partition("_")
    is_word = token.value in PROSE and token_at(tokens, place + 1).kind != "SUPERSCRIPT"
    is_within = token.shown or (token_at(tokens, place - 1).kind in _TERMS and not is_word)
    is_pair = is_within and len(head) == 2 and head.isalpha() and head[0] not in DIFFERENTIALS
    return is_pair and not by.isdisjoint((token.value[0], key(token.value[1:])))


def _joins(tokens: Sequence[Token], place: int) -> bool:
    """Whether a letter that is `and` or `or` in some language stands between two words of a text."""
    near = (token_at(tokens, place - 1), token_at(tokens, place + 1))
    return tokens[place].value in _LETTERS_FOR_AND and all(
        token.kind == "WORD" and is_wordlike(token.value) and not is_known(token.value) for token in near
    )


def _begins_product(tokens: Sequence[Token], place: int) -> bool:
    """Whether a letter stands behind a sign and before a name, no sign between: the y of dV/dx = y z."""
    before, after = token_at(tokens, place - 1).kind, token_at(tokens, place + 1)
    return before in _ARITHMETIC | {"RELATION", "OPEN"} and after.kind == "WORD" and not is_wordlike(after.value)


def _is_in_arithmetic(tokens: Sequence[Token], place: int) -> bool:
    """Whether a sign of arithmetic or of equality stands beside a word, or a power or a bracket behind it."""
    before, after = token_at(tokens, place - 1).kind, token_at(tokens, place + 1).kind
    return before in _ARITHMETIC | {"OPEN"} or after in _ARITHMETIC | {"CLOSE", "RELATION", "SUPERSCRIPT", "PRIME"}


def _are(tokens: Sequence[Token], place: int, *kinds: str) -> bool:
    """Whether the tokens from a place on are of these kinds."""
    return all(token_at(tokens, at).kind == kind for at, kind in enumerate(kinds, place))


def _is_in_formula(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word is a name by its shape, or by the sign beside it."""
    token, before, after = tokens[place], token_at(tokens, place - 1), token_at(tokens, place + 1)
    if not is_wordlike(token.value):
        return TIMES_PI.match(token.value) is None
    if token.value in PROSE and not token.shown:
        behind = before.kind in _ARITHMETIC - {"POWER"} and place > 1
        return behind and after.kind not in ("WORD", "TEXT")
    if after.kind == "RELATION" or (before.kind in _ARITHMETIC and _is_operation(tokens, place - 1)):
        return True
    if after.kind == "SUPERSCRIPT" and before.kind in _TERMS and not after.spaced:
        return True
    if is_before_formula(tokens, place):
        return False
    is_aside = after.kind == "MINUS" and token_at(tokens, place + 2).value in PROSE and not token.shown
    is_aside = (is_aside and not is_difference(tokens, place + 1)) or is_dash(tokens, place + 1)
    return after.kind in _ARITHMETIC and not _joins_words(tokens, place + 1) and not is_aside


def is_dash(tokens: Sequence[Token], place: int) -> bool:
    """Whether a sign is the dash of a sentence, Step 2 — Insert x = 3, Example — c = a + b: a long word stands behind
    it, or before it alone on its line.
    """
    token, before, after = (token_at(tokens, at) for at in (place, place - 1, place + 1))
    if token.value != "—" or not (token.spaced and after.spaced):
        return False
    if is_wordlike(after.value):
        return len(after.value) > _LONGEST_NAME and token_at(tokens, place + 2).kind not in _ARITHMETIC | {"RELATION"}
    return place == 1 and is_wordlike(before.value) and len(before.value) > _LONGEST_NAME


def is_before_formula(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word of the text stands before a formula set apart that begins with a sign: the sum $-n + 2n$."""
    after = token_at(tokens, place + 1)
    return after.kind in ("MINUS", "PLUS") and after.shown and not tokens[place].shown


def _is_operation(tokens: Sequence[Token], place: int) -> bool:
    """Whether the sign at a place is an operation: a hyphen and a bullet are none."""
    token, before, after = tokens[place], token_at(tokens, place - 1), token_at(tokens, place + 1)
    behind_word = before.kind == "WORD" and is_wordlike(before.value) and not before.shown
    is_hyphen = token.kind == "MINUS" and behind_word and not (token.spaced or after.spaced)
    return place > 0 and (not is_hyphen or is_difference(tokens, place)) and not is_dash(tokens, place)


def _joins_words(tokens: Sequence[Token], place: int) -> bool:
    """feed-forward: a sign with a word close behind it."""
    after = token_at(tokens, place + 1)
    joins = after.kind == "WORD" and not after.spaced and is_wordlike(after.value)
    return joins and not is_difference(tokens, place)


def _is_called(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word of letters stands close before a bracket."""
    after = token_at(tokens, place + 1)
    return is_wordlike(tokens[place].value) and after.kind == "OPEN" and not after.spaced


def _stands(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word of letters stands without a bracket close behind it."""
    return is_wordlike(tokens[place].value) and not _is_called(tokens, place)


def _is_bare(tokens: Sequence[Token], place: int) -> bool:
    """Whether a name stands without an argument."""
    if token_at(tokens, place + 1).kind in ("OPEN", "WORD") or _is_primed_call(tokens, place):
        return False
    return tokens[place].shown or not is_wordlike(tokens[place].value)


def _is_lone_differential(tokens: Sequence[Token], place: int) -> bool:
    """Whether a letter of differentials stands for itself; close before a bracket it may be an operation, d(u v)."""
    after = token_at(tokens, place + 1)
    return (
        tokens[place].value in DIFFERENTIALS
        and after.kind != "WORD"
        and (after.kind != "OPEN" or after.spaced)
        and not _is_beside_stroke(tokens, place)
    )


def _goes_on_to(tokens: Sequence[Token], place: int) -> bool:
    """Whether a limit lets a name go to something."""
    after = place + 1 + _are(tokens, place + 1, "WORD")
    return token_at(tokens, after).kind == "APPROACH"


def _placed(tokens: Sequence[Token], place: int) -> tuple[str, str]:
    """The words of f(x); nothing where it is no such thing."""
    opened, inside, after = (token_at(tokens, place + further) for further in (1, 2, 3))
    is_one = opened.value == "(" and not opened.spaced and inside.kind in ("WORD", "NUMBER") and after.kind == "CLOSE"
    return (tokens[place].value, inside.value) if is_one else ("", "")


def _stepped(tokens: Sequence[Token], place: int, goals: frozenset[str]) -> tuple[str, str]:
    """The words f and x of f(x + h), where a limit lets h go to something; of x(x + h) none."""
    opened, inside, change = (token_at(tokens, place + further) for further in (1, 2, 4))
    is_one = opened.value == "(" and not opened.spaced and inside.kind in ("WORD", "NUMBER")
    is_step = is_one and _are(tokens, place + 3, "PLUS", "WORD") and change.value in goals
    return (tokens[place].value, inside.value) if is_step and inside.value != tokens[place].value else ("", "")


def _is_related(tokens: Sequence[Token], place: int) -> bool:
    """Whether a relation follows a word that begins a formula."""
    token = tokens[place]
    return (
        token_at(tokens, place + 1).kind == "RELATION"
        and (token.shown or token.value not in PROSE or place == 0)
        and begins(tokens, place)
    )


def _is_given(tokens: Sequence[Token], place: int) -> bool:
    """w = 0.1: a relation to a number."""
    return _is_related(tokens, place) and token_at(tokens, place + 2).kind == "NUMBER"


def _is_defined(tokens: Sequence[Token], place: int) -> bool:
    """h = w x: a relation to anything but a number."""
    return _is_related(tokens, place) and token_at(tokens, place + 2).kind != "NUMBER"


def _begins_equation(tokens: Sequence[Token], place: int) -> bool:
    """Whether a name is defined that stands behind no other sign of equality."""
    return _is_defined(tokens, place) and token_at(tokens, place - 1).kind != "RELATION"


def _is_product(tokens: Sequence[Token], place: int, known: Vocabulary) -> bool:
    """Whether a word before a sign of equality is a product of names of which one stands behind it, too: S w = λ w."""
    parts = known.cut(tokens[place].value) if _begins_equation(tokens, place) else ()
    return len(parts) > 1 and not _words_behind(tokens, place + 1).isdisjoint(map(key, parts))


def begins(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word stands where a formula may begin."""
    before = token_at(tokens, place - 1)
    is_word = is_wordlike(before.value) or (before.value.isalpha() and len(before.value) > 1)
    return (
        place == 0
        or before.kind in _BEGINS
        or (before.kind == "WORD" and (is_word or tokens[place].shown) and not before.shown)
        or (before.kind == "OPEN" and before.value != "{")
        or (before.kind == "CLOSE" and before.value == ")" and tokens[place].spaced)
    )


def _functions_at(tokens: Sequence[Token], place: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The functions that the signs behind a word show, with their variables where these are told."""
    word = tokens[place].value
    variables = variables_of(tokens, place)
    if variables and begins(tokens, place):
        yield conditional(tokens, place) or key(word), variables
    if not is_known(word) and (_is_primed_call(tokens, place) or _is_in_composition(tokens, place)):
        yield key(word), ()
    if _is_composed(tokens, place):
        yield key(word), ()
        yield key(tokens[place + 2].value), (key(tokens[place + 4].value),)


def variables_of(tokens: Sequence[Token], place: int) -> tuple[str, ...]:
    """The variables of f(x, y) = …; none where no function is defined. In V[x] = … x must stand on the right: μ = E[X]
    is no function of X.
    """
    found: list[str] = []
    opened = token_at(tokens, place + 1)
    if opened.value != "(" and (opened.value != "[" or opened.spaced):
        return ()
    for at, token in enumerate(tokens[place + 2 : place + 24], place + 2):
        if token.kind == "CLOSE":
            relation = token_at(tokens, at + 1)
            is_defined = relation.kind == "RELATION" and relation.value not in _UPDATING
            if not is_defined or opened.value == "(":
                return tuple(found) if is_defined else ()
            right = _words_behind(tokens, at)
            return tuple(found) if right.issuperset(found) and key(tokens[place].value) not in right else ()
        if token.kind == "WORD":
            found.append(key(token.value))
        elif token.kind == "PRIME" and found:  # L(y', y), of a y' that is a name
            found[-1] += "′" * len(token.value)
        elif token.kind != "COMMA" and not (token.kind in ("STOP", "BAR") and token.value in ";|"):
            return ()
    return ()


def _words_behind(tokens: Sequence[Token], place: int) -> frozenset[str]:
    """The words behind a place of a line, and the letters of each."""
    words = (token.value for token in tokens[place + 1 :] if token.kind == "WORD")
    return frozenset(key(word) for one in words for word in (one, *one))


def _is_redefined(tokens: Sequence[Token], place: int) -> bool:
    """Whether a letter of the table is another function in this document, σ(x) = max(0, x).

    What is made of what the sigmoid is made of, or has the letter itself, says what everybody means by it, rightly or
    with a slip.
    """
    variables = variables_of(tokens, place) if len(tokens[place].value) == 1 and is_known(tokens[place].value) else ()
    if not variables:
        return False
    relation = next(at for at in range(place, len(tokens)) if tokens[at].kind == "RELATION")
    is_part = partial(_goes_on_with, tokens[place])
    right = [*takewhile(is_part, tokens[relation + 1 :])]
    words = [key(token.value) for token in right if token.kind in ("WORD", "NUMBER") and token.value not in _OF_SIGMOID]
    powers = sum(token.value in ("e", "exp") for token in right)
    is_ratio = any(token.kind in ("OVER", "FRACTION") for token in right)
    is_sigmoid = is_ratio and {*words} <= {*variables} and len(words) == powers <= _POWERS_OF_SIGMOID
    return {*words}.issuperset(variables) and key(tokens[place].value) not in words and not is_sigmoid


def _goes_on_with(name: Token, token: Token) -> bool:
    """Whether a formula that begins with a name may go on with a token: it is no prose, and set as the name is."""
    return token.kind not in _BEGINS - {"COMMA"} and token.shown == name.shown and token.value not in PROSE


def _is_primed_call(tokens: Sequence[Token], place: int) -> bool:
    """f'(z), f(z)': what has a prime and an argument is a function."""
    opened = place + 1 + _are(tokens, place + 1, "PRIME")
    is_close = token_at(tokens, opened).value == "(" and not token_at(tokens, opened).spaced
    return is_close and (opened > place + 1 or _are(tokens, opened + 1, "WORD", "CLOSE", "PRIME"))


def _is_in_composition(tokens: Sequence[Token], place: int) -> bool:
    """(f∘g)(x), (f∘g)'(x): letters with such a sign between them, all of them applied, are functions."""
    first, last = place, place + 1
    while place - first < _LONGEST_COMPOSITION and token_at(tokens, first - 1).kind in _COMPOSED:
        first -= 1
    while last - place < _LONGEST_COMPOSITION and token_at(tokens, last).kind in _COMPOSED:
        last += 1
    if not _are(tokens, first - 1, "OPEN") or not any(token.kind == "ENTRYWISE" for token in tokens[first:last]):
        return False
    opened = last + 1 + _are(tokens, last + 1, "PRIME")
    return _are(tokens, last, "CLOSE") and _are(tokens, opened, "OPEN", "WORD", "CLOSE") and not tokens[opened].spaced


def _is_composed(tokens: Sequence[Token], place: int) -> bool:
    """f(g(x)): letters before brackets in brackets are functions."""
    if not _are(tokens, place, "WORD", "OPEN", "WORD", "OPEN", "WORD", "CLOSE", "CLOSE"):
        return False
    words, brackets = (tokens[place], tokens[place + 2]), (tokens[place + 1], tokens[place + 3])
    return all(b.value == "(" and not b.spaced for b in brackets) and not any(is_known(w.value) for w in words)


def _is_beside_stroke(tokens: Sequence[Token], place: int) -> bool:
    """Whether a differential stands above or below a stroke."""
    before, after = token_at(tokens, place - 1), token_at(tokens, place + 1)
    if before.kind == "OVER" or after.kind == "OVER":
        return True
    if before.kind == "OPEN":
        return token_at(tokens, place - 2).kind in ("FRACTION", "CLOSE", "OVER", "ABOVE")
    return after.kind in ("WORD", "CLOSE") and token_at(tokens, place + 2).kind == "OVER"
