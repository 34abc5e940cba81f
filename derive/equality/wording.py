"""Normal forms as plain text, for reasons and notes."""

from fractions import Fraction

from derive.equality import polynomials as poly
from derive.equality.constants import Generator
from derive.equality.forms import Form
from derive.equality.polynomials import Polynomial
from derive.equality.tower import Tower

LONGEST = 70


def form_text(tower: Tower, form: Form) -> str:
    """`(x + 1)/(2*(y - 3)^2)`, or "" where that is longer than LONGEST."""
    below = [_powered(_bracketed(factor_text(tower, number)), power) for number, power in form.factors.items()]
    if form.below > 1:
        below.insert(0, str(form.below))
    size = len(form.top) + sum(len(tower.factors[number]) for number in form.factors)
    if size > LONGEST // 3:
        return ""
    top = polynomial_text(tower, form.top)
    bottom = "*".join(below)
    if bottom:
        top = f"{_bracketed(top)}/{bottom if len(below) == 1 else f'({bottom})'}"
    return top if len(top) <= LONGEST else ""


def factor_text(tower: Tower, number: int) -> str:
    """A factor as text."""
    return polynomial_text(tower, tower.factors[number])


def polynomial_text(tower: Tower, polynomial: Polynomial) -> str:
    """`x^2 - 2*x*y + 1`, higher powers first."""
    terms = [(poly.powers(monomial), coefficient) for monomial, coefficient in polynomial.items()]
    terms.sort(key=lambda term: (-sum(power for _, power in term[0]), term[0]))
    text = ""
    for powers, coefficient in terms:
        pieces = [_power_text(tower, tower.generators[place], power) for place, power in powers]
        if abs(coefficient) != 1 or not pieces:
            pieces.insert(0, str(abs(coefficient)))
        text += (" - " if coefficient < 0 else " + ") + "*".join(pieces)
    return text[3:] if text.startswith(" + ") else "-" + text[3:] if text else "0"


def _power_text(tower: Tower, generator: Generator, power: int) -> str:
    if generator.kind == "exp":
        exponent = tower.multiply(generator.of, tower.constant(Fraction(power, generator.parts)))
        return f"exp({form_text(tower, exponent) or '…'})"
    return _powered(_generator_text(tower, generator), power)


def _generator_text(tower: Tower, generator: Generator) -> str:
    if generator.kind in ("name", "pi"):
        return generator.name
    if generator.kind in ("log", "root"):
        factor = tower.factors[generator.factor]
        inside = factor_text(tower, generator.factor)
        inside = inside if tower.is_positive(factor) else f"abs({inside})"
        return f"log({inside})" if generator.kind == "log" else f"{_bracketed(inside)}^(1/{generator.parts})"
    inside = form_text(tower, tower.multiply(generator.of, tower.constant(Fraction(1, generator.parts)))) or "…"
    return f"(-1)^({inside})" if generator.kind == "turn" else f"{generator.kind}({inside})"


def _bracketed(text: str) -> str:
    return f"({text})" if any(sign in text for sign in " */") or text.startswith("-") else text


def _powered(text: str, power: int) -> str:
    if power == 1:
        return text
    return f"{_bracketed(text) if '^' in text else text}^{power if power > 0 else f'({power})'}"
