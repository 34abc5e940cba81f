"""What everybody knows by its name: a definition that the words before it call so, and that is written otherwise.

`C = Σ y log p` behind the word cross-entropy contradicts no line: the document may mean it. But whoever calls it so has
as a rule lost a minus. Each row of KNOWN is one such name with the slip that people make in it; what has it is
undecided.
"""

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from derive.checking.equations import tree_of
from derive.checking.evidence import Evidence
from derive.formulas.claims import Document
from derive.formulas.syntax import Node
from derive.small_models.notation.slots import ungrouped
from derive.small_models.worlds.sides import form_of

_LOGARITHMS = frozenset(("log", "ln"))
_SUMS = frozenset(("sums", "total"))
_QUOTIENTS = frozenset(("fraction", "inverse"))
_OTHERWISE = (
    "deriv", "dériv", "ableit", "grad", "slope", "backward", "导", "微分", "미분", "производн", "pochodn",
    "likelihood", "vraisemblance", "verosimil", "maximi", "relative", "diverge", "kullback", "negative", "without",
)  # fmt: skip
"""Words beside such a name by which the formula is something else that has to do with it."""


UPHILL = "Newton's step is taken away, x - f(x)/f'(x): the sign is wrong"


class Known(Struct, frozen=True):
    """A well-known quantity: what it is called, the slip that is made in it, how it is usually written.

    `is_step` where its form alone tells which one it is, so that it may be called so anywhere in the text.
    """

    called: tuple[str, ...]
    has_slip: Callable[[Node], bool]
    usual: str
    is_step: bool = False


def with_known(document: Document, evidence: Mapping[int, Evidence]) -> dict[int, Evidence]:
    """The evidence with those definitions undecided that are called what they are not as a rule."""
    found, text = dict(evidence), _words(document.text.text)
    for number, words in enumerate(_words_before(document)):
        tree, is_other = tree_of(document.claims[number].right), any(word in words for word in _OTHERWISE)
        if tree is None or evidence[number].verdict != "definition":
            continue
        if evidence[number].kind == "update" and _is_uphill(tree):
            found[number] = replace(evidence[number], verdict="refuted", reason=UPHILL)
        for known in KNOWN:
            name = next((name for name in known.called if _has(text if known.is_step else words, name)), "")
            if name and (known.is_step or not is_other) and known.has_slip(tree):
                told = f"called {name}, which is {known.usual} as a rule: is it meant otherwise here?"
                found[number] = replace(evidence[number], verdict="undecided", reason=told, kind="called")
    return found


def _has(words: str, name: str) -> bool:
    """Whether a name begins a word; not all scripts have blanks between words."""
    return f" {name}" in f" {words}" or (name in words and not name.isascii())


def _words_before(document: Document) -> Iterator[str]:
    """The words before each claim in its own sentence, or in the one before where it stands alone, behind the claim
    before; joined words are apart.
    """
    end = 0
    for claim in document.claims:
        between = document.text.text[end : claim.left.start] if claim.left.start > end else ""
        sentence = between.replace(".\n", ". ").rstrip(". \n").rsplit(". ", 1)[-1]
        yield _words(sentence)
        end = max(end, claim.right.end)


def _words(text: str) -> str:
    """The words of a text, a blank between two."""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in text.casefold()).split())


def _quotients(tree: Node) -> Iterator[tuple[tuple[Node, ...], Node]]:
    """What stands above each stroke of a formula, as factors, and what stands below it."""
    for node in tree.walk():
        if node.kind == "fraction":
            yield (ungrouped(node.parts[0]),), ungrouped(node.parts[1])
        elif node.kind == "product":
            for below in (part.parts[0] for part in node.parts if part.kind == "inverse"):
                yield tuple(ungrouped(part) for part in node.parts if part.kind != "inverse"), ungrouped(below)


def _exponent(node: Node) -> Node | None:
    """What e is raised to."""
    node = ungrouped(node)
    if node.kind == "call" and node.value == "exp":
        return ungrouped(node.parts[0])
    is_power = node.kind == "power" and node.parts[0].kind == "name" and node.parts[0].value == "e"
    return ungrouped(node.parts[1]) if is_power else None


def _is_negative(node: Node) -> bool:
    node = ungrouped(node)
    is_first = node.kind in ("product", "sum", "fraction") and _is_negative(node.parts[0])
    return node.kind == "negative" or is_first


def _falls(tree: Node) -> bool:
    """1/(1 + e^z), which falls where the sigmoid rises, and 1/(1 - e^(-z))."""
    for above, below in _quotients(tree):
        terms = [ungrouped(part) for part in below.parts] if below.kind == "sum" else []
        plain = [part for part in terms if part.kind == "number"]
        turned = [ungrouped(part.parts[0]) if part.kind == "negative" else part for part in terms if part not in plain]
        powers = [_exponent(part) for part in turned]
        if len(plain) == len(powers) == 1 and powers[0] is not None and all(part.kind == "number" for part in above):
            return terms != [*plain, *turned] or not _is_negative(powers[0])
    return False


def _is_share_of_no_powers(tree: Node) -> bool:
    """e^(z_i) over a sum of the z themselves."""
    for above, below in _quotients(tree):
        if below.kind in _SUMS and any(_exponent(part) is not None for part in above):
            return all(_exponent(node) is None for node in below.walk())
    return False


def _has_logarithm_without_minus(tree: Node, is_negative: bool = False) -> bool:
    """Σ y log p and y log p - (1 - y) log(1 - p), of which one term at least has no minus; log(1/p) and what powers
    make of it, log Σ e^z - z, are none.
    """
    if tree.kind == "call" and tree.value in _LOGARITHMS:
        is_other = any(node.kind in _QUOTIENTS or _exponent(node) is not None for node in tree.walk())
        return not is_negative and not is_other
    if tree.kind == "negative":
        return _has_logarithm_without_minus(tree.parts[0], not is_negative)
    if tree.kind in ("product", "fraction"):
        turned = sum(_is_negative(part) for part in tree.parts if not _has_logarithm(part)) % 2 == 1
        return any(_has_logarithm_without_minus(part, is_negative ^ turned) for part in tree.parts)
    parts = tree.parts
    if tree.kind == "sum":  # what stands behind a Σ may be within it, and have its sign
        sums = [place for place, part in enumerate(parts) if any(node.kind == "sums" for node in part.walk())]
        parts = parts[: sums[0] + 1] if sums else parts
    return any(_has_logarithm_without_minus(part, is_negative) for part in parts)


def _is_mean_without_minus(tree: Node) -> bool:
    """The same of a sum over probabilities, or of p log p: k log W and ½ log(2πe v) are entropies without a minus."""
    logarithms = [node for node in tree.walk() if node.kind == "call" and node.value in _LOGARITHMS and node.parts]
    inside = {form_of(ungrouped(node.parts[0])) for node in logarithms}
    factors = (form_of(ungrouped(part)) for node in tree.walk() if node.kind == "product" for part in node.parts)
    is_mean = any(node.kind in _SUMS for node in tree.walk()) or not inside.isdisjoint(factors)
    return is_mean and _has_logarithm_without_minus(tree)


def _added(tree: Node) -> list[Node]:
    """What a step adds to where it was, with no minus in it."""
    return [part for part in tree.parts[1:] if not part.has("negative")] if tree.kind == "sum" else []


def _is_uphill(tree: Node) -> bool:
    """x + f/f' and x + f'/f'': what is added has the same function below its stroke, differentiated once more."""
    for above, below in (quotient for term in _added(tree) for quotient in _quotients(term)):
        name, order = _differentiated(below)
        if order and (name, order - 1) in (_differentiated(node) for part in above for node in part.walk()):
            return True
    return False


def _differentiated(node: Node) -> tuple[str, int]:
    """A function's name, and how often it is differentiated by its primes."""
    letter = node.parts[0] if node.kind == "prime" else node
    return letter.value, node.order


def _has_logarithm(tree: Node) -> bool:
    return any(node.kind == "call" and node.value in _LOGARITHMS for node in tree.walk())


def _has_no_square(tree: Node) -> bool:
    """½ (t - o) and Σ (t - o): a sum or a multiple of a difference that is not squared."""
    node, is_scaled = ungrouped(tree), False
    while node.kind in ("product", *_SUMS):
        parts = [ungrouped(part) for part in node.parts if part.kind != "limit"]
        whole = [part for part in parts if part.kind in ("sum", "product", *_SUMS)]
        if len(whole) != 1 or any(part.kind == "name" for part in parts):
            return False
        node, is_scaled = whole[0], True
    is_difference = node.kind == "sum" and len(node.parts) == 2 and any(part.kind == "negative" for part in node.parts)
    return is_scaled and is_difference and all(_is_plain(part) for part in node.parts)


def _is_plain(node: Node) -> bool:
    return node.kind == "name" or (node.kind == "negative" and node.parts[0].kind == "name")


KNOWN = (
    Known(
        (
            "sigmoid", "сигмоид", "シグモイド", "시그모이드",
            "logistic function", "logistische funktion", "fonction logistique",
        ),
        _falls,
        "1/(1 + e^(-z))",
    ),
    Known(("softmax",), _is_share_of_no_powers, "e^(z_i) over the sum of all e^(z_j)"),
    Known(
        (
            "cross entropy", "log loss", "kreuzentropie", "entropie croisée", "entropía cruzada", "entropia cruzada",
            "entropia crociata", "entropia krzyżowa", "кросс энтроп", "交叉熵", "交差エントロピー", "교차 엔트로피",
        ),
        _has_logarithm_without_minus,
        "-Σ y log(p)",
    ),
    Known(
        ("entropy", "entropie", "entropía", "entropia", "энтроп", "熵", "エントロピー", "엔트로피"),
        _is_mean_without_minus,
        "-Σ p log(p)",
    ),
    Known(
        ("squared error", "mse", "quadratic cost", "erreur quadratique", "均方误差"), _has_no_square, "½ Σ (t - o)^2"
    ),
)  # fmt: skip
