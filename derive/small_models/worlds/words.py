"""What a text says of its arrays beside its equations: that one is a column, or a column of one number, or a matrix."""

import re
from collections.abc import Iterable, Iterator, Mapping, Set

from msgspec import Struct
from msgspec.structs import replace

from derive.formulas.syntax import Node
from derive.formulas.vocabulary import key
from derive.small_models.worlds.definitions import LENT, Rule
from derive.small_models.worlds.kinds import kinds_in

_BAR = "bar"
_COLUMN = re.compile(r"\b(?P<of>\w+)\$? is (?:the|a) (?:column|vector)\b(?: of \d+ times \$?(?P<each>\w+))?")
_ONE_COLUMN = r"\([ \t]*[\w.-]+[ \t]*,[ \t]*1[ \t]*\)"
_MADE = r"=[^#\n]*(?:size=|zeros\(|ones\(|randn|reshape)"
_NOTED = re.compile(rf"(?m)^[ \t]*(?P<of>\w+)[ \t]*(?::|=[^#\n]*#|{_MADE})[ \t]*{_ONE_COLUMN}")
"""What a program tells of its arrays: `dh = W.T @ dz  # (H, 1)`, `b: (H, 1)`, `b = np.zeros((H, 1))`."""
_ONE_DIMENSION = re.compile(
    r"(?m)^[ \t]*(?P<of>\w+)[ \t]*=[ \t]*np\.(?:(?:random\.)?(?:randn|rand|zeros|ones)\([ \t]*\w+[ \t]*\)"
    r"|array\([ \t]*\[[^\[\]]*\][ \t]*\))[ \t]*(?:#.*)?$"
)
"""What a program makes with one dimension: `w = np.zeros(3)`, `y = np.array([1, 0, 1])`."""
_SPACE = re.compile(
    r"(?:\\in\b|∈)\s*\$?(?:\\mathbb\s*\{?R\}?|\\R\b|ℝ|R)\s*\^\s*(?:(?P<one>\w)|[{(](?P<several>[^{}()$=∈,;\n]*)[})])"
    r"(?!\s*(?:\\times|×))"
)
"""W ∈ ℝ^{3×2}, x, y ∈ ℝ^n; ℝ^3 × ℝ^2 is no space of arrays."""
_TIMES = re.compile(r"\\times|×")
_REACH = 120
"""So many signs before its space a name is told, so that a long list is not read again for each of its words."""
_FACES = frozenset(("\\mathbf", "\\boldsymbol", "\\bm"))
_APART = str.maketrans("{}$", "   ")

_MEAN = re.compile(r"(?i)\b(?:mean|average|mittelwert|mittel|moyenne|media|média)\b|均值|平均|среднее|평균")


class Words(Struct, frozen=True):
    """The names that are columns, what each entry of some of them is, and the names that are matrices."""

    columns: frozenset[str]
    flat: frozenset[str]
    """Those of them that a program makes with one dimension."""
    each: Mapping[str, str]
    means: bool
    """Whether it is about means."""
    matrices: frozenset[str]
    spaces: Mapping[str, tuple[str, ...]]
    """The sizes of which it says one or two of an array: n and m of W ∈ ℝ^{n×m}."""

    @property
    def rules(self) -> dict[str, tuple[Rule, ...]]:
        """The columns of one number, each entry of them that number."""
        return {of: (Rule(of, (), (), Node("name", (), each), LENT),) for of, each in self.each.items()}

    def without(self, names: Set[str]) -> "Words":
        """The same without the sizes of some names."""
        return replace(self, spaces={of: sizes for of, sizes in self.spaces.items() if of not in names})

    def means_of(self, names: Iterable[Node], arity: Mapping[str, int]) -> dict[str, tuple[Rule, ...]]:
        """x̄ as the mean of all x_i, where a text is about means."""
        bars = {name.value for name in names if name.value.endswith(_BAR) and not name.scripts} if self.means else ()
        found = {bar: bar.removesuffix(_BAR) for bar in bars}
        return {
            bar: (Rule(bar, (), (), Node("total", (Node("name", (), of),), "", order=1), LENT),)
            for bar, of in found.items()
            if arity.get(of) == 1
        }


def words_of(text: str) -> Words:
    """What a text says: `B is the column of b1, b2`, `B is the column of 5 times b`, W ∈ ℝ^{3×2}."""
    found = [(key(match["of"]), key(match["each"] or "")) for match in _COLUMN.finditer(text)]
    told = _spaces(text)
    matrices = frozenset(of for of, found in told.items() if any(len(one) == 2 and "1" not in one for one in found))
    spaces = {of: min(found) for of, found in told.items() if len(found) == 1 and len(min(found)) < 3}
    noted, flat = ({key(match["of"]) for match in pattern.finditer(text)} for pattern in (_NOTED, _ONE_DIMENSION))
    columns = frozenset((*(of for of, _ in found), *noted, *flat))
    each = {of: one for of, one in found if one}
    means = _MEAN.search(text) is not None
    matrices = matrices.union(of for of, _, _ in kinds_in(text))
    return Words(columns, frozenset(flat - noted), each, means, matrices, spaces)


def _spaces(text: str) -> dict[str, set[tuple[str, ...]]]:
    """The spaces that names are said to be of, each as its sizes."""
    found: dict[str, set[tuple[str, ...]]] = {}
    last = 0
    for match in _SPACE.finditer(text):
        sizes = tuple("".join(size.split()) for size in _TIMES.split(match["one"] or match["several"]))
        for name in _names_before(text[max(last, match.start() - _REACH) : match.start()]):
            found.setdefault(key(name), set()).add(sizes)
        last = match.end()
    return found


def _names_before(text: str) -> Iterator[str]:
    """The names that end a text, x and y of `Let x, y`."""
    for piece in reversed(text.split(",")):
        words = [word for word in piece.translate(_APART).split() if word not in _FACES]
        if not words or not words[-1].isidentifier():
            return
        yield words[-1]
        if len(words) > 1:
            return
