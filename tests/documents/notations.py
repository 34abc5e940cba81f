"""How people write a formula: one printer for what is typed, one for LaTeX, and the choices that each person makes."""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass

from tests.documents.terms import Call, Derivative, Name, Negative, Number, Power, Product, Ratio, Sum, Term


@dataclass(frozen=True)
class Spelling:
    """One name as typed and in LaTeX."""

    plain: str
    latex: str


@dataclass(frozen=True)
class Notation:
    """One person's way to write."""

    kind: str
    """plain, latex, or code"""
    names: Mapping[str, Spelling]
    times: str
    partial: str
    power: str
    sigmoid: str
    exp: str
    log: str
    tight: bool
    brackets: tuple[str, str]
    half: str = "1/2"

    def text(self, term: Term) -> str:
        """A formula as this person writes it."""
        match term:
            case Name(key):
                return self.name(key)
            case Number(text):
                return text
            case Sum(parts):
                return self._summed(parts)
            case Negative((part,)):
                text = self.text(part)
                return f"-{self._in_brackets(text)}" if isinstance(part, Sum | Negative) else f"-{text}"
        return self._latex(term) if self.kind == "latex" else self._plain(term)

    def name(self, key: str) -> str:
        """What a quantity is called."""
        spelling = self.names[key]
        return spelling.latex if self.kind == "latex" else spelling.plain

    def equation(self, members: tuple[Term, ...], sign: str = "=") -> str:
        """A chain of equalities."""
        between = sign if self.tight and self.kind != "latex" else f" {sign} "
        return between.join(map(self.text, members))

    def _in_brackets(self, text: str) -> str:
        return f"{self.brackets[0]}{text}{self.brackets[1]}"

    def _term(self, part: Term) -> str:
        """A term behind a + or -: a number with a minus of its own stands in brackets."""
        text = self.text(part)
        first = part.parts[0] if isinstance(part, Product) else part
        return self._in_brackets(text) if isinstance(first, Number) and text.startswith("-") else text

    def _summed(self, parts: tuple[Term, ...]) -> str:
        gap = "" if self.tight else " "
        found = self.text(parts[0])
        for part in parts[1:]:
            if isinstance(part, Negative):
                (inner,) = part.parts
                text = self._term(inner)
                found += f"{gap}-{gap}{self._in_brackets(text) if isinstance(inner, Sum | Negative) else text}"
            else:
                found += f"{gap}+{gap}{self._term(part)}"
        return found

    def _call(self, function: str, inside: str) -> str:
        return f"{function}({inside})"

    # what is typed

    def _plain(self, term: Term) -> str:
        match term:
            case Product(parts):
                return self._product(parts)
            case Ratio((Number("1"), Number("2"))):
                return self.half
            case Ratio((above, below)):
                return f"{self._operand(above)}/{self._operand(below, below=True)}"
            case Power((base,), exponent):
                text = self.text(base)
                text = text if isinstance(base, Name) else self._in_brackets(text)
                sign = {"²": "²" if exponent == 2 else f"^{exponent}"}.get(self.power, f"{self.power}{exponent}")
                return text + sign
            case Call("exp", (part,)):
                return self._exponential(self.text(part), part)
            case Call("sigmoid", (part,)) if self.sigmoid == "1/(1+e)":
                return f"1/(1 + {self.text(Call('exp', (Negative((part,)),)))})"
            case Call(function, parts):
                spelled = {"sigmoid": self.sigmoid, "log": self.log}.get(function, self._function(function))
                return self._call(spelled, ", ".join(map(self.text, parts)))
            case Derivative((Name(of),), by):
                if self.partial == "_":
                    return f"d{self.name(of)}_d{self.name(by)}"
                return f"{self.partial}{self.name(of)}/{self.partial}{self.name(by)}"
            case Derivative((of,), by):
                d = "d" if self.partial == "_" else self.partial
                return f"{d}({self.text(of)})/{d}{self.name(by)}"
        raise TypeError(f"no notation for {term}")

    def _function(self, function: str) -> str:
        return self.name(f"function {function}") if f"function {function}" in self.names else function

    def _exponential(self, text: str, part: Term) -> str:
        if self.exp == "exp":
            return f"exp({text})"
        sign = "**" if self.power == "**" else "^"
        bare = re.fullmatch(r"-?\w+", text) is not None
        return f"e{sign}{text}" if bare else f"e{sign}({text})"

    def _product(self, parts: tuple[Term, ...]) -> str:
        found = ""
        for number, part in enumerate(parts):
            text = self._operand(part) if number or not isinstance(part, Ratio) else self.text(part)
            if not number:
                found = text
                continue
            ratio = isinstance(part, Derivative) or "/" in found
            sign = "*" if self.times in (" ", "") and (ratio or self.kind == "code") else self.times
            if sign == "" and not (text[0] in "([" or found[-1] in ")]"):
                sign = " "
            found += f"{sign}{text}" if sign in ("", " ") or self.tight else f" {sign} {text}"
        return found

    def _operand(self, part: Term, *, below: bool = False) -> str:
        text = self.text(part)
        wrapped = isinstance(part, Sum | Negative | Ratio) or (below and isinstance(part, Product))
        wrapped = wrapped or (isinstance(part, Call) and text.startswith("1/"))
        wrapped = wrapped or (isinstance(part, Number) and text.startswith("-"))
        return self._in_brackets(text) if wrapped else text

    # LaTeX

    def _latex(self, term: Term) -> str:
        match term:
            case Product(parts):
                return self._latex_product(parts)
            case Ratio((above, below)):
                return rf"\frac{{{self.text(above)}}}{{{self.text(below)}}}"
            case Power((base,), exponent):
                text = self.text(base)
                text = text if isinstance(base, Name) and "^" not in text else self._in_brackets(text)
                return f"{text}^{exponent}"
            case Call("exp", (part,)):
                text = self.text(part)
                return f"e^{{{text}}}" if self.exp == "e" else rf"\exp({text})"
            case Call("sigmoid", (part,)) if self.sigmoid == "1/(1+e)":
                return rf"\frac{{1}}{{1 + {self.text(Call('exp', (Negative((part,)),)))}}}"
            case Call("sigmoid", (part,)):
                return rf"\sigma{self._in_brackets(self.text(part))}"
            case Call("log", (part,)):
                return rf"\{self.log}{self._in_brackets(self.text(part))}"
            case Call("tanh", (part,)):
                return rf"\tanh{self._in_brackets(self.text(part))}"
            case Call(function, parts):
                known = self.names.get(f"function {function}")
                spelled = known.latex if known else rf"\operatorname{{{function}}}"
                return self._call(spelled, ", ".join(map(self.text, parts)))
            case Derivative((Name(of),), by):
                d = self.partial
                return rf"\frac{{{d} {self.name(of)}}}{{{d} {self.name(by)}}}"
            case Derivative((of,), by):
                d = self.partial
                return rf"\frac{{{d}}}{{{d} {self.name(by)}}}\left({self.text(of)}\right)"
        raise TypeError(f"no notation for {term}")

    def _latex_product(self, parts: tuple[Term, ...]) -> str:
        found = ""
        for number, part in enumerate(parts):
            text = self.text(part)
            if isinstance(part, Sum) or (isinstance(part, Negative | Number) and number and text.startswith("-")):
                text = self._in_brackets(text)
            between = self.times if self.times.strip() else " "
            found += text if not number else f" {between.strip()} {text}" if between.strip() else f" {text}"
        return found


def choose(rng: random.Random, names: Mapping[str, Spelling], *, kind: str, e_is_free: bool) -> Notation:
    """The choices of one person, at random among those that go together."""
    typed = [spelling.plain for spelling in names.values()]
    letters = all(len(name) <= 3 and "_" not in name for name in typed)
    if kind == "latex":
        times = rng.choice([r"\cdot", r"\cdot", r"\times", " "])
        partial = rng.choice([r"\partial", r"\partial", "d", r"\mathrm{d}"])
    else:
        times = "*" if kind == "code" else rng.choice(["*", "*", "*", "·", "×", " " if letters else "*"])
        partial = "_" if kind == "code" else rng.choice(["∂", "d", "d"])
    if any(name in "de" for name in typed) and partial == "d" and rng.random() < 0.5:
        partial = "∂"
    return Notation(
        kind=kind,
        names=names,
        times=times,
        partial=partial,
        power="**" if kind == "code" else rng.choice(["^", "^", "²"]),
        sigmoid="sigmoid" if kind == "code" else rng.choice(["σ", "σ", "sigma", "sigmoid", "1/(1+e)"]),
        exp="exp" if kind == "code" or not e_is_free else rng.choice(["e", "e", "exp"]),
        log="log" if kind == "code" else rng.choice(["ln", "log"]),
        tight=rng.random() < 0.25,
        brackets=(r"\left(", r"\right)") if kind == "latex" and rng.random() < 0.4 else ("(", ")"),
        half="0.5" if kind == "code" else rng.choice(["1/2", "½", "0.5"]),
    )
