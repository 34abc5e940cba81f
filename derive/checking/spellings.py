"""What a name's spelling proposes: a role in a network, a look-alike, a derivative; structure decides later."""

import re
from collections.abc import Container
from functools import lru_cache

from derive.formulas.vocabulary.losses import ERRORS, LETTERS, WORDS

Role = tuple[str, str]
"""What a quantity may be, and its number: ("hidden activation", "1")."""

_ACT = "out|a|act|activation|output|activated|sig|sigma|σ|s|y"
_NET = "net|z|in|sum|input|netinput|pre|s"
_LOSS_WORDS = "|".join((*WORDS, *ERRORS))
_LOSS = f"[{''.join(sorted(LETTERS)).lower()}]|{_LOSS_WORDS}"
_ROWS: tuple[tuple[str, str], ...] = (
    (r"(?:w|weight|weights|wt)(\d+)", "weight"),
    (r"(?:b|bias|biases)(\d*)", "bias"),
    (r"(?:i|x|in|inp|input|inputs)(\d+)", "input"),
    (r"(?:t|target|targets|tgt|targ|actual|label|ytrue|desired|expected|ideal)(?:o|y|out)?(\d+)", "target"),
    (
        rf"(?:{_ACT}|o)h(\d+)|h(\d+)(?:out|a|act|activated|output)|(?:out|output)hidden(\d+)|hidden(\d+)out",
        "hidden activation",
    ),
    (rf"(?:{_NET})?h(\d+)|h(\d+)(?:net|in|z|sum)|(?:net|in)hidden(\d+)", "hidden input"),
    (
        rf"oy(\d+)|(?:{_ACT})o(\d+)|o(\d+)(?:out|a|act|activated|output)|(?:y|o)(\d+)hat|(?:out|output|pred|ypred|yhat)y?(\d+)",
        "output activation",
    ),
    (rf"(?:{_NET})?o(\d+)|o(\d+)(?:net|in|z|sum)|(?:net|z)y(\d+)", "output input"),
    (rf"(?:{_LOSS}|errors)(?:o|y|out)?(\d+)|(?:e|error|loss)(?:aout|aouto|outo|ao)(\d+)", "error"),
    (rf"(?:{_LOSS})(?:t|tot|total|totale|sum|all)?|total(?:e|{_LOSS_WORDS})|mse", "loss"),
    (r"η|eta|α|alpha|lr|learningrate|ε|epsilon|γ|rate|λr|ℓr", "learning rate"),
)
_ROLES = tuple((re.compile(pattern), role) for pattern, role in _ROWS)
_LOOK_ALIKES = str.maketrans({"0": "o", "¡": "i", "l": "1", "I": "1", "|": "1"})
_DIFFERENTIAL = re.compile(r"[dδ]_?(?P<of>\w*[^\W\d_]\w*?)")
_BELOW = (re.compile(r"_?[dδ]_?(?P<by>\w+)"), re.compile(r"_(?P<by>\w+)"))
"""What stands behind the name above in dL_dw1, and in dL_w1."""
_GRADIENTS = (
    re.compile(r"(?P<of>[^\W\d_])_(?P<by>[^\W\d_])"),
    re.compile(r"(?:[dδ]|grad_?|g_|gradient_?(?:of_)?|grad_?)_?(?P<by>\w+)"),
    re.compile(r"(?P<by>\w+?)_?(?:grad|gradient|·grad)"),
    re.compile(rf"(?P<of>[{''.join(sorted(LETTERS))}]\w*?)_(?P<by>\w+)"),
)
_SHORT = 2
"""df(x) is a differential as often as a function."""
_BEFORE = ("derivativeof", "derivative", "deriv", "gradient", "grad", "der", "d")
_BEHIND = ("derivative", "deriv", "prime", "gradient", "grad", "der")
"""What stands before or behind a function's name in that of its derivative: d_relu, sigmoid_prime."""
_LONGEST = 80
"""A name of more signs is nobody's derivative."""


@lru_cache(maxsize=65_536)
def role_of(key: str) -> Role | None:
    """The role that a spelling alone proposes; None where it proposes none."""
    plain = key if len(key) == 1 and not key.isupper() else key.casefold()
    for pattern, role in _ROLES:
        match = pattern.fullmatch(plain)
        if match:
            return role, next((group for group in match.groups() if group), "")
    return None


def look_alike(one: str, other: str) -> bool:
    """a01 for ao1: two names of signs that look the same."""
    return one.translate(_LOOK_ALIKES) == other.translate(_LOOK_ALIKES)


def same_letters(one: str, other: str) -> bool:
    """W5 for w5, ETotal for Etotal."""
    return one.casefold() == other.casefold() and (len(one) > 1)


def near(one: str, other: str) -> bool:
    """One letter too much, too few or exchanged, in a name of three signs and more; its number stays."""
    if min(len(one), len(other)) < 3 or one[0] != other[0] or one[-1] != other[-1] or abs(len(one) - len(other)) > 1:
        return False
    if re.findall(r"\d", one) != re.findall(r"\d", other):
        return False
    shorter, longer = sorted((one.translate(_LOOK_ALIKES), other.translate(_LOOK_ALIKES)), key=len)
    start = next((n for n, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    return shorter[start:] == longer[start + 1 :] or (
        len(one) == len(other) and shorter[start + 1 :] == longer[start + 1 :]
    )


def differential_of(name: str, spelling: str, known: Container[str]) -> str:
    """The name of which dx is the differential, x; empty where it is none of a known name."""
    return name[1:] if spelling[:1] == "d" and name[1:] in known else ""


def net_inputs_of(node: str) -> tuple[str, ...]:
    """What the net input of a node may be called: neto1 of o1."""
    return tuple(f"{net}{node}" for net in _NET.split("|"))


def function_of(name: str) -> str:
    """The function of whose derivative a name is: sigmoid for sigmoid_derivative, tanh for dtanh; empty if of none."""
    plain = name.casefold()
    behind = (name[: -len(word)] for word in _BEHIND if plain.endswith(word))
    before = (name[len(word) :] for word in _BEFORE if plain.startswith(word))
    return next((found for found in (*behind, *before) if len(found) > _SHORT), "")


@lru_cache(maxsize=65_536)
def gradients_of(spelling: str) -> tuple[tuple[str, str], ...]:
    """What a name may be the derivative of, and by what: dL_dw1 is (L, w1), dw1 is ("", w1).

    Wherever it can be cut is proposed: dhid_1_dnet_1 is (hid_1, net_1), and (hi, 1_dnet_1) if there are such names.
    """
    if len(spelling) > _LONGEST:
        return ()
    found = []
    for pattern in _BELOW:
        for place in range(2, len(spelling)):
            above, below = _DIFFERENTIAL.fullmatch(spelling[:place]), pattern.fullmatch(spelling[place:])
            if above is not None and below is not None:
                found.append((above["of"], below["by"]))
    for pattern in _GRADIENTS:
        match = pattern.fullmatch(spelling)
        if match is not None:
            groups = match.groupdict()
            found.append((groups.get("of") or "", groups["by"]))
    return tuple(found)
