"""LaTeX mathematics to the linear notation of the formula reader: \\frac{a}{b} becomes (a)/(b)."""

import re
from collections.abc import Callable, Iterator

from derive.reading.commands import DECORATIONS, DROPPED_WITH_ARGUMENT, GREEK, KNOWN, SIGNS, SILENT, WRAPPERS
from derive.reading.macros import COMMAND, argument_end, group_end
from derive.reading.traced import Traced, join

_STARS = frozenset("*∗⋆")
_SPACES = frozenset({",", ";", ":", "!", " ", "\n", ">"})
_MATRICES = re.compile(r"\\begin\s*\{(?:[bpvVB]?matrix|smallmatrix|cases)\*?\}.*?\\end\s*\{[^}]*\}", re.DOTALL)
_THOUSANDS = re.compile(r"(\d)\\,(?=\d{3}(?!\d))")
_ESCAPED_TWICE = re.compile(r"\\\\_")
_ROWS = re.compile(r"\\\\(?:\[[^\]\n]*\])?")
_LIMITS = re.compile(
    r"∑[ ]*(?:\^(?:[^\W_]+|\([^()]*\))[ ]*)?(?:_⟨([^⟨⟩=]*)[^⟨⟩]*⟩|_(\w+))?[ ]*(?:\^(?:[^\W_]+|\([^()]*\)))?"
)
_SUMMED = re.compile(r"\\(?:sum|prod)(?:\s*\\(?:no)?limits)?(?:\s*\^(?:\w|\{[^{}]*\}))?\s*\Z")
_BESIDE = re.compile(r"\s*[_^](?=\s*[{\\\w])")
_RELATION = re.compile(r"[=≈≅≃≡←⇒→+*/-]|:=")
MATRIX = "▦"
"""What a matrix is put down as: nothing that a formula may hold, so that its line is told apart and not misread."""


def has_latex(text: str) -> bool:
    """Whether a text holds a command of LaTeX mathematics."""
    return any(name in SIGNS or name in GREEK or name in KNOWN for name in re.findall(r"\\([A-Za-z]+)", text))


def linear(latex: Traced) -> Traced:
    """The linear notation of a stretch of LaTeX; `\\\\` ends a line, `&` is left out."""
    latex = latex.sub(_THOUSANDS, lambda match: [match.span(1)])
    whole = latex.sub(_ESCAPED_TWICE, lambda match: ["_"]).sub(_MATRICES, lambda match: [MATRIX])
    whole = whole.sub(_ROWS, lambda match: ["\n"])
    return join(_converted(whole, 0)).sub(_LIMITS, _indexed)


def _indexed(match: re.Match[str]) -> list[str | tuple[int, int]]:
    """∑_⟨i=1⟩^m as ∑⟨i⟩: what a sum runs over is one sign with it."""
    group = next((number for number in (1, 2) if match.group(number)), 0)
    return ["∑⟨", match.span(group), "⟩ "] if group else ["∑ "]


def _converted(latex: Traced, depth: int) -> Iterator[Traced]:
    text = latex.text
    place = 0
    if depth > 40:
        yield latex
        return
    while place < len(text):
        char = text[place]
        if char == "\\":
            match = COMMAND.match(text, place)
            if match is None:
                return
            parts, place = _command(latex, match, depth)
            yield from parts
        elif char == "{":
            end = group_end(text, place)
            inside = latex[place + 1 : end - 1]
            yield from _over(inside, depth) or _grouped(inside, depth)
            place = end
        elif char in "_^":
            parts, place = _script(latex, place, depth)
            yield from parts
        elif char == "&":
            place += 1
        elif char == "~":
            yield Traced(" ", latex.at[place : place + 1])
            place += 1
        else:
            yield latex[place : place + 1]
            place += 1


def _command(latex: Traced, match: re.Match[str], depth: int) -> tuple[list[Traced], int]:
    """One command with its arguments, and where the text goes on."""
    name, start, end, text = match.group(1), match.start(), match.end(), latex.text

    def put(sign: str) -> list[Traced]:
        return [Traced(sign, (latex.place(start),) * len(sign))]

    def argument(begin: int) -> tuple[Traced, int]:
        finish = argument_end(text, begin)
        inside = latex[begin:finish].stripped()
        if inside.text.startswith("{"):
            inside = inside[1:-1]
        return inside, finish

    if name in ("frac", "tfrac", "dfrac", "cfrac"):
        above, middle = argument(end)
        below, finish = argument(middle)
        return _ratio(above, below, depth, (latex.place(start), latex.place(finish - 1))), finish
    if name in GREEK or name in SIGNS:
        sign = GREEK.get(name) or SIGNS[name]
        glue = " " if sign.isalpha() and start and text[start - 1].isalnum() else ""
        after = " " if len(sign) > 1 and text[end : end + 1].isalnum() else ""
        return put(glue + sign + after), end
    if name in ("underbrace", "overbrace"):
        inside, finish = argument(end)
        beside = _BESIDE.match(text, finish)
        return _grouped(inside, depth), argument_end(text, beside.end()) if beside else finish
    if name in ("overset", "underset", "stackrel"):
        inside, finish = argument(argument_end(text, end))
        relation = join(_converted(inside, depth + 1)).stripped()
        return [relation] if _RELATION.fullmatch(relation.text) else put(f" {name} "), finish
    if name in ("text", "textnormal", "intertext", "mathop") or name in WRAPPERS:
        inside, finish = argument(end)
        return _worded(inside, name, put), finish
    if name in DECORATIONS:
        inside, finish = argument(end)
        plain = join(_converted(inside, depth + 1)).text.replace("_", "").replace(" ", "").strip("()")
        differential = re.search(r"(?<![A-Za-z\d])d\Z", text[:start])
        before = " " if start and text[start - 1].isalnum() and not differential else ""  # y\hat{y} is a product
        behind = " " if text[finish : finish + 1].isalpha() else ""
        return put(f"{before}{plain}_{DECORATIONS[name]}{behind}"), finish
    if name == "sqrt":
        inside, finish = argument(end)
        return [*put("sqrt("), *_converted(inside, depth + 1), *put(")")], finish
    if name in DROPPED_WITH_ARGUMENT:
        inside, finish = argument(end) if text[end : end + 1] in "{[ " else (latex[end:end], end)
        return (put("\n") if name in ("begin", "end") and "array" not in inside.text else []), finish
    if name in SILENT:
        after = text[end : end + 1]
        return [], end + 1 if name in ("left", "right") and after == "." else end
    if name in _SPACES:
        return put(" "), end
    if name == "|":
        return put("|"), end
    if name in "_*{}[]()$%&#":
        return put(name), end
    return put(f" \\{name} "), end


def _worded(inside: Traced, name: str, put: Callable[[str], list[Traced]]) -> list[Traced]:
    """\\text{out} stays a word; \\text{ and } is prose and keeps its blanks; \\text{a_o} is a name."""
    text = inside.text.replace("\\_", "_")
    if name in WRAPPERS and "\\" in text:
        return [join(_converted(inside, 1))]
    if name == "text" and text != text.strip() and re.search(r"[A-Za-z]{2}", text) and "_" not in text:
        return put(f" {text} ")
    if re.fullmatch(r"[\w ,.'-]*", text) and " " in text.strip():
        return put(f" {text} ")
    return put(text.strip())


def _ratio(above: Traced, below: Traced, depth: int, span: tuple[int, int] | None = None) -> list[Traced]:
    at = above.at[:1] or below.at[:1] or (0,)
    start, end = span or (at[0], (below.at[-1:] or at)[0])
    opened, middle, closed = Traced("(", (start,)), Traced(")/(", at * 3), Traced(")", (end,))
    return [opened, *_converted(above, depth + 1), middle, *_converted(below, depth + 1), closed]


def _over(inside: Traced, depth: int) -> list[Traced] | None:
    """{a \\over b} as a ratio; None for a group without \\over at its own level."""
    level = 0
    for match in re.finditer(r"\\over(?![A-Za-z])|[{}]", inside.text):
        if match.group() == "{":
            level += 1
        elif match.group() == "}":
            level -= 1
        elif level == 0:
            return _ratio(inside[: match.start()], inside[match.end() :], depth)
    return None


def _grouped(shown: Traced, depth: int) -> list[Traced]:
    """{x} stands for itself: brackets where they keep a sum together after a function or a bracketed power."""
    inside = list(_converted(shown, depth + 1))
    text = join(inside).text.strip()
    if not text or re.fullmatch(r"\(.*\)|[\w.]*", text) or _RELATION.fullmatch(text):
        return inside
    at = (shown.place(0),)
    return [Traced("(", at), *inside, Traced(")", shown.at[-1:] or at)]


def _script(latex: Traced, place: int, depth: int) -> tuple[list[Traced], int]:
    """A subscript becomes part of its name; a superscript a power, a sign of an updated name, or an index."""
    text = latex.text
    end = argument_end(text, place + 1)
    inside = latex[place + 1 : end].stripped()
    if inside.text.startswith("{"):
        inside = inside[1:-1]
    converted = join(_converted(inside, depth + 1))
    plain = re.sub(r"[\s{}]", "", converted.text)
    at = (latex.place(place),)
    if text[place] == "_":
        word = "_" + plain.replace("_", "").replace(",", "") if re.fullmatch(r"[\w,]*", plain) else f"_⟨{plain}⟩"
        summed = _SUMMED.search(text, max(0, place - 40), place) is not None
        if text[end : end + 1].isalpha() and (text[end - 1] == "}" or plain[-1:].isdigit() or summed):
            word += " "  # w_3i_1 is a product, E_total a name
        return [Traced(word, (*at, *(latex.place(end - 1),) * (len(word) - 1)))], end
    if plain in ("+", "(+)", "new", "(new)", "old", "(old)", "'"):
        sign = {"+": "⁺", "(+)": "⁺", "'": "'"}.get(plain) or "_" + plain.strip("()")
        return [Traced(sign, (*at * (len(sign) - 1), latex.place(end - 1)))], end
    if plain in _STARS:
        return [Traced("_star", (*at * 4, latex.place(end - 1)))], end
    if re.fullmatch(r"\([tnkτ]\+1\)", plain):
        return [Traced("_new", (*at * 3, latex.place(end - 1)))], end
    if re.fullmatch(r"\([tnkτ]\)", plain):
        return [Traced("_old", (*at * 3, latex.place(end - 1)))], end
    if plain in ("T", "ᵀ", "top") or re.fullmatch(r"\([a-zA-Z\d]+\)", plain):
        word = f"^⟨{plain}⟩"
        return [Traced(word, at * len(word))], end
    if re.fullmatch(r"[\w.]+", plain):
        return [Traced("^", at), converted.stripped()], end
    return [Traced("^(", at * 2), converted, Traced(")", (latex.place(end - 1),))], end
