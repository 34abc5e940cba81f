"""Normal forms and steps as plain text, for reasons and notes."""

from fractions import Fraction

from derive.equality import polynomials as poly
from derive.equality.constants import Generator
from derive.equality.forms import Form
from derive.equality.polynomials import Polynomial
from derive.equality.program import Program
from derive.equality.tower import Tower

LONGEST = 70
_DEEPEST = 5
_MOST_BITS = 200
_WRITTEN = frozenset({"exp", "log", "sin", "cos", "add", "mul", "power"})


def form_text(tower: Tower, form: Form, depth: int = 0) -> str:
    """`(x + 1)/(2*(y - 3)^2)`, or "" where that is longer than LONGEST or nested too deep."""
    factors = [(tower.factors[number], power) for number, power in form.factors.items()]
    parts = [form.top, {0: form.below}, *(factor for factor, _ in factors)]
    wide = any(coefficient.bit_length() > _MOST_BITS for part in parts for coefficient in part.values())
    if wide or sum(map(len, parts)) > LONGEST // 3 or depth > _DEEPEST:
        return ""
    top = polynomial_text(tower, form.top, depth)
    below = [str(form.below)] if form.below > 1 else []
    below += [_powered(_bracketed(polynomial_text(tower, factor, depth)), power) for factor, power in factors]
    if below:
        bottom = "*".join(below)
        top = f"{_bracketed(top)}/{bottom if len(below) == 1 else f'({bottom})'}"
    return top if len(top) <= LONGEST else ""


def polynomial_text(tower: Tower, polynomial: Polynomial, depth: int = 0) -> str:
    """`x^2 - 2*x*y + 1`, higher powers first; of one with very large numbers only that there are."""
    if any(coefficient.bit_length() > _MOST_BITS for coefficient in polynomial.values()):
        return "…"
    terms = [(poly.powers(monomial), coefficient) for monomial, coefficient in polynomial.items()]
    terms.sort(key=lambda term: (-sum(power for _, power in term[0]), term[0]))
    text = ""
    for powers, coefficient in terms:
        pieces = [_power_text(tower, tower.generators[place], power, depth) for place, power in powers]
        if abs(coefficient) != 1 or not pieces:
            pieces.insert(0, str(abs(coefficient)))
        text += (" - " if coefficient < 0 else " + ") + "*".join(pieces)
    return text[3:] if text.startswith(" + ") else "-" + text[3:] if text else "0"


def _power_text(tower: Tower, generator: Generator, power: int, depth: int) -> str:
    if generator.kind == "exp":
        exponent = tower.multiply(generator.of, tower.constant(Fraction(power, generator.parts)))
        return f"exp({form_text(tower, exponent, depth + 1) or '…'})"
    return _powered(_generator_text(tower, generator, depth + 1), power)


def _generator_text(tower: Tower, generator: Generator, depth: int) -> str:
    if generator.kind in ("name", "pi"):
        return generator.name
    if generator.kind in ("log", "root"):
        factor = tower.factors[generator.factor]
        inside = polynomial_text(tower, factor, depth) if depth <= _DEEPEST else "…"
        inside = inside if tower.is_positive(factor) else f"abs({inside})"
        return f"log({inside})" if generator.kind == "log" else f"{_bracketed(inside)}^(1/{generator.parts})"
    form = tower.multiply(generator.of, tower.constant(Fraction(1, generator.parts)))
    inside = form_text(tower, form, depth) or "…"
    return f"(-1)^({inside})" if generator.kind == "turn" else f"{generator.kind}({inside})"


def _bracketed(text: str) -> str:
    return f"({text})" if any(sign in text for sign in " */") or text.startswith("-") else text


def _powered(text: str, power: int) -> str:
    if power == 1:
        return text
    return f"{_bracketed(text) if '^' in text else text}^{power if power > 0 else f'({power})'}"


def step_text(program: Program, place: int, longest: int = LONGEST) -> str:
    """A step as text, names not looked through: `1/(1 + exp(-o1))`; "" where that is longer or chooses among cases."""
    text, _ = _step(program, place, longest)
    return text if len(text) <= longest else ""


def _step(program: Program, place: int, room: int) -> tuple[str, int]:
    """Text and how tightly it holds (0 a sum, 1 a product, 2 a power, 3 an atom); "" where there is no room."""
    step = program.steps[place]
    if step.value is not None:
        value = str(step.value)
        return value, 0 if value.startswith("-") else 1 if "/" in value else 3
    if step.operation in ("e", "pi"):
        return step.operation, 3
    if step.operation not in _WRITTEN:
        return "", 3
    parts: list[tuple[str, int]] = []
    for part in step.parts:
        room -= 1 + sum(len(text) for text, _ in parts[-1:])
        piece = _step(program, part, room) if room > 0 else ("", 3)
        if not piece[0]:
            return piece
        parts.append(piece)
    if step.operation in ("exp", "log", "sin", "cos"):
        return f"{step.operation}({parts[0][0]})", 3
    if step.operation == "add":
        text = " + ".join(text for text, _ in parts)
        return text.replace("+ -", "- "), 0
    if step.operation == "mul":
        minus = parts[0][0] == "-1" and len(parts) > 1
        above = [_held(part, 2) for part in parts[minus:] if not part[0].startswith("1/")]
        below = [part[0][2:] for part in parts[minus:] if part[0].startswith("1/")]
        text = "*".join(above) or "1"
        return ("-" if minus else "") + "/".join([text, *below]), 0 if minus else 1
    if step.operation == "power":
        if parts[1][0] == "-1":
            return f"1/{_held(parts[0], 2)}", 1
        return f"{_held(parts[0], 3)}^{_held(parts[1], 3)}", 2
    return "", 3


def _held(part: tuple[str, int], binding: int) -> str:
    return part[0] if part[1] >= binding else f"({part[0]})"
