"""Units of measurement: their words, as people write them behind numbers, and how much of the basic units each is."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from derive.formulas.tokens import Token, token_at, tokens_of

Powers = tuple[tuple[str, int], ...]
"""A unit as its words with their powers, in the order written: m/s² is (m, 1), (s, -2)."""

UNITS = frozenset(
    "km m dm cm mm µm μm nm ft mi min s ms h kg g mg N kN J kJ MJ W kW MW kWh Wh Pa kPa hPa MPa bar K Hz kHz MHz V mV "
    "kV A mA Ω kΩ MΩ nF µF μF mF pF mH L l ml mL cl dl mol rad ha USD EUR €".split()
)
"""How units are written; of one letter those, too, that may be names."""
_FURTHER = frozenset(("sec", "hr"))
"""Those behind another one alone: sec is a function elsewhere."""
_SPELLED = MappingProxyType({
    "L": "liter litre liters litres Liter litro litros", "s": "seconds Sekunden", "m": "meters metres",
    "min": "minutes Minuten", "h": "hours Stunden", "km": "kilometers kilometres", "°C": "°C", "°F": "°F",
})  # fmt: skip
"""Units as words, which end a formula wherever they stand."""
_WORDS = MappingProxyType({word: unit for unit, words in _SPELLED.items() for word in words.split()})
_UPRIGHT = frozenset("FCTH")
"""Letters that are units only where they are set upright."""
_PREFIXES = frozenset("kMGmµμnp")
r"""Those that may be set apart from their unit, \text{k}\Omega."""
_FACTORS = MappingProxyType({
    "k": Fraction(1000), "M": Fraction(10**6), "G": Fraction(10**9), "h": Fraction(100), "d": Fraction(1, 10),
    "c": Fraction(1, 100), "m": Fraction(1, 1000), "µ": Fraction(1, 10**6), "μ": Fraction(1, 10**6),
    "n": Fraction(1, 10**9), "p": Fraction(1, 10**12),
})  # fmt: skip
"""What prefixes multiply with."""
_DEFINED: Mapping[str, tuple[Fraction, str]] = MappingProxyType({
    **{base: (Fraction(1), base) for base in ("m", "s", "kg", "A", "K", "mol", "rad", "€", "USD", "°C", "°F")},
    "EUR": (Fraction(1), "€"), "g": (Fraction(1, 1000), "kg"), "l": (Fraction(1, 1000), "m m m"),
    "L": (Fraction(1, 1000), "m m m"), "ha": (Fraction(10**4), "m m"), "ft": (Fraction(3048, 10**4), "m"),
    "mi": (Fraction(1609344, 1000), "m"), "min": (Fraction(60), "s"), "h": (Fraction(3600), "s"),
    "hr": (Fraction(3600), "s"), "sec": (Fraction(1), "s"), "Hz": (Fraction(1), "/s"),
    "N": (Fraction(1), "kg m /s /s"), "J": (Fraction(1), "kg m m /s /s"), "W": (Fraction(1), "kg m m /s /s /s"),
    "Wh": (Fraction(3600), "kg m m /s /s"), "Pa": (Fraction(1), "kg /m /s /s"), "bar": (Fraction(10**5), "kg /m /s /s"),
    "C": (Fraction(1), "A s"), "V": (Fraction(1), "kg m m /s /s /s /A"), "Ω": (Fraction(1), "kg m m /s /s /s /A /A"),
    "F": (Fraction(1), "A A s s s s /kg /m /m"), "T": (Fraction(1), "kg /s /s /A"),
    "H": (Fraction(1), "kg m m /s /s /A /A"),
})  # fmt: skip
"""Units without a prefix: how many of what product of basic units each is."""


class Measure(Struct, frozen=True):
    """How much of a product of basic units a unit is."""

    factor: Fraction
    bases: frozenset[tuple[str, int]]


def measure(unit: Powers) -> Measure | None:
    """What a unit is; None where nobody here knows."""
    factor, bases = Fraction(1), dict[str, int]()
    for word, power in unit:
        found = _defined(word)
        if found is None:
            return None
        factor *= found[0] ** power
        for base in found[1].split():
            name = base.removeprefix("/")
            bases[name] = bases.get(name, 0) + (power if name == base else -power)
    return Measure(factor, frozenset((name, power) for name, power in bases.items() if power))


def _defined(word: str) -> tuple[Fraction, str] | None:
    """A unit by the table, with a prefix or without."""
    if word in _DEFINED:
        return _DEFINED[word]
    found = _DEFINED.get(word[1:])
    return None if found is None or word[0] not in _FACTORS else (_FACTORS[word[0]] * found[0], found[1])


def shown(unit: Powers) -> str:
    """A unit as it is told: m/s^2."""
    told = [(word if abs(power) == 1 else f"{word}^{abs(power)}", power) for word, power in unit]
    above, below = (" ".join(word for word, power in told if (power > 0) == is_above) for is_above in (True, False))
    return f"{above or 1}/{below}" if below else above


def times(one: Powers, other: Powers, power: int = 1) -> Powers:
    """The product of two units, the second one raised to a power."""
    return (*one, *((word, each * power) for word, each in other))


def unit_at(tokens: Sequence[Token], place: int) -> tuple[int, Powers]:
    """Where the unit that begins at a place ends, and which it is: cm, cm³/s, m s^{-1}, {m/s}; the place itself where
    none begins.
    """
    end, unit = _factor(tokens, place, UNITS | _UPRIGHT)
    while end > place:
        sign = "" if token_at(tokens, end).spaced else token_at(tokens, end).kind
        further = end + (sign in ("OVER", "TIMES"))
        after, more = _factor(tokens, further, UNITS | _FURTHER)
        is_upright = token_at(tokens, further).upright
        if after == further or not (sign == "OVER" or is_upright or any(power < 0 for _, power in more)):
            break
        end, unit = after, times(unit, more, -1 if sign == "OVER" else 1)
    return end, unit


def _factor(tokens: Sequence[Token], place: int, words: Iterable[str]) -> tuple[int, Powers]:
    """One unit with its power at a place; or in braces, as a fraction, or in words of mathematics, several."""
    token, after = token_at(tokens, place), token_at(tokens, place + 1)
    if token.kind == "TEXT":
        inner = tuple(replace(one, upright=True) for one in tokens_of(token.value))
        end, unit = unit_at(inner, 0) if inner and inner[0].kind == "WORD" else (0, ())
        behind, power = _power(tokens, place + 1)
        return (behind, (*unit[:-1], (unit[-1][0], unit[-1][1] * power))) if unit and end == len(inner) else (place, ())
    if token.kind == "FRACTION":
        above, one = _braced(tokens, place + 1)
        below, other = _braced(tokens, above)
        return (below, times(one, other, -1)) if one and other else (place, ())
    if token.kind == "OPEN" and token.value == "{":
        return _braced(tokens, place)
    if token.kind == "UNKNOWN" and token.value in words:
        return place + 1, ((token.value, 1),)
    is_apart = token.upright or after.upright or after.value == "Ω"
    if is_apart and not after.spaced and token.value in _PREFIXES and after.value in _DEFINED:
        end, power = _power(tokens, place + 2)
        return end, ((token.value + after.value, power),)
    if token.kind != "WORD" or not (token.value in words or token.value in _WORDS):
        return place, ()
    if token.value in _UPRIGHT and not token.upright:
        return place, ()
    end, power = _power(tokens, place + 1)
    return end, ((_WORDS.get(token.value, token.value), power),)


def _braced(tokens: Sequence[Token], place: int) -> tuple[int, Powers]:
    """A unit that is all that braces hold."""
    end, unit = unit_at(tokens, place + 1) if token_at(tokens, place).value == "{" else (place, ())
    return (end + 1, unit) if unit and token_at(tokens, end).value == "}" else (place, ())


def _power(tokens: Sequence[Token], place: int) -> tuple[int, int]:
    """Where the power that stands above a unit ends, and which it is."""
    token = token_at(tokens, place)
    if token.kind == "SUPERSCRIPT" and token.value.lstrip("+-").isdigit():
        return place + 1, int(token.value)
    if token.kind != "POWER":
        return place, 1
    is_braced = token_at(tokens, place + 1).kind == "OPEN"
    is_minus = token_at(tokens, place + 1 + is_braced).kind == "MINUS"
    number = place + 1 + is_braced + is_minus
    value = token_at(tokens, number).value
    if value not in ("1", "2", "3") or (is_braced and token_at(tokens, number + 1).kind != "CLOSE"):
        return place, 1
    return number + 1 + is_braced, -int(value) if is_minus else int(value)


def is_spelled(word: str) -> bool:
    """Whether a word is a unit's own, litres, and no letters that may be names."""
    return word in _WORDS
