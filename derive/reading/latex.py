"""LaTeX mathematics to the linear notation of the formula reader: \\frac{a}{b} becomes (a)/(b)."""

import re
from collections.abc import Callable, Iterator

from derive.reading.traced import Traced, join

GREEK = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ε",
    "varepsilon": "ε",
    "eta": "η",
    "theta": "θ",
    "lambda": "λ",
    "mu": "μ",
    "sigma": "σ",
    "phi": "φ",
    "varphi": "φ",
    "psi": "ψ",
    "omega": "ω",
    "rho": "ρ",
    "tau": "τ",
    "nu": "ν",
    "xi": "ξ",
    "zeta": "ζ",
    "kappa": "κ",
    "chi": "χ",
    "Delta": "Δ",
    "pi": "π",
}
SIGNS = {
    "partial": "∂", "part": "∂", "cdot": "*", "times": "*", "ast": "*", "div": "/", "quad": "  ", "qquad": "    ",
    "sum": "∑", "nabla": "∇", "odot": "⊙", "top": "ᵀ", "Rightarrow": "⇒", "rightarrow": "→", "to": "→",
    "implies": "⇒", "Longrightarrow": "⇒", "approx": "≈", "equiv": "=", "neq": "≠", "ne": "≠", "leq": "≤", "geq": "≥",
    "in": "∈", "infty": "∞", "lbrack": "[", "rbrack": "]", "lbrace": "{", "rbrace": "}", "vert": "|", "Vert": "|",
    "lVert": "|", "rVert": "|", "lvert": "|", "rvert": "|", "cdots": "…", "ldots": "…", "dots": "…", "prime": "'",
    "ln": "ln", "log": "log", "exp": "exp", "tanh": "tanh", "cosh": "cosh", "sinh": "sinh", "sin": "sin",
    "cos": "cos", "max": "max", "min": "min", "lim": "lim", "therefore": "⇒", "because": "⇒", "mid": "|",
    "leftarrow": "←", "gets": "←",
    "colon": ":", "ell": "l", "circ": "∘", "prod": "∏", "int": "∫", "forall": "∀", "otimes": "⊗", "lt": "<", "gt": ">",
}  # fmt: skip
SILENT = frozenset(
    "left right bigl bigr Bigl Bigr biggl biggr Biggl Biggr big Big bigg Bigg displaystyle textstyle scriptstyle "
    "limits nolimits large Large LARGE huge Huge small tiny normalsize scriptsize footnotesize nonumber notag hfill "
    "noindent bf rm it sf tt middle allowbreak strut hline centering".split()
)
WRAPPERS = frozenset(
    "mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak boldsymbol operatorname bm boxed underline overline "
    "mbox textbf textit textrm cancel bold pmb ensuremath".split()
)
"""Commands that show their argument as it is."""
BRACES = {"underbrace": "_", "overbrace": "^", "underbracket": "_", "overbracket": "^"}
"""Commands that show their argument, and a remark below or above it."""
DECORATIONS = {"hat": "hat", "widehat": "hat", "tilde": "tilde", "bar": "bar", "vec": "vec", "dot": "dot"}
DROPPED_WITH_ARGUMENT = frozenset(
    "color textcolor hspace vspace label tag ref eqref begin end phantom hphantom usepackage documentclass".split()
)
_STARS = frozenset("*∗⋆")
_SPACES = frozenset({",", ";", ":", "!", " ", "\n", ">"})
_RELATION = re.compile(r"[=≈≅≃≡←⇒→+*/-]|:=")
_MATRICES = re.compile(r"\\begin\s*\{(?:[bpvVB]?matrix|smallmatrix|cases)\*?\}.*?\\end\s*\{[^}]*\}", re.DOTALL)
_COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
_THOUSANDS = re.compile(r"(\d)\\,(?=\d{3}(?!\d))")
_ESCAPED_TWICE = re.compile(r"\\\\_")
_ROWS = re.compile(r"\\\\(?:\[[^\]\n]*\])?")
_LIMITS = re.compile(
    r"∑[ ]*(?:\^(?:[^\W_]+|\([^()]*\))[ ]*)?(?:_⟨([^⟨⟩=]*)[^⟨⟩]*⟩|_(\w+))?[ ]*(?:\^(?:[^\W_]+|\([^()]*\)))?"
)
_SUMMED = re.compile(r"\\(?:sum|prod)(?:\s*\\(?:no)?limits)?(?:\s*\^(?:\w|\{[^{}]*\}))?\s*\Z")
MATRIX = "▦"
"""What a matrix is put down as: nothing that a formula may hold, so that its line is told apart and not misread."""

_NEWCOMMAND = re.compile(
    r"\\(?:(?:re)?new|provide)command\*?\s*\{?\\([A-Za-z]+)\}?(?:\[(\d)\])?\s*(?=\{)|\\def\s*\\([A-Za-z]+)((?:#\d)*)\s*(?=\{)"
)
_MOST_EXPANSIONS = 20_000


def has_latex(text: str) -> bool:
    """Whether a text holds a command of LaTeX mathematics."""
    return any(name in SIGNS or name in GREEK or name in _KNOWN for name in re.findall(r"\\([A-Za-z]+)", text))


def expand_macros(source: Traced) -> Traced:
    """The text without its \\newcommand and \\def lines, every use of them written out."""
    macros: dict[str, tuple[int, str]] = {}
    kept: list[Traced] = []
    end = 0
    for match in _NEWCOMMAND.finditer(source.text):
        if match.start() < end:
            continue
        body_end = _group_end(source.text, match.end())
        name = match.group(1) or match.group(3)
        count = int(match.group(2) or 0) or (match.group(4) or "").count("#")
        macros[name] = (count, source.text[match.end() + 1 : body_end - 1])
        kept.append(source[end : match.start()])
        end = body_end
    if not macros:
        return source
    expanded = join((*kept, source[end:]))
    pattern = re.compile(r"\\(" + "|".join(map(re.escape, macros)) + r")(?![A-Za-z])")
    for _ in range(_MOST_EXPANSIONS):
        use = pattern.search(expanded.text)
        if use is None:
            break
        count, body = macros[use.group(1)]
        place, end = expanded.place(use.start()), use.end()
        for number in range(1, count + 1):
            start, end = end, _argument_end(expanded.text, end)
            body = body.replace(f"#{number}", expanded.text[start:end].strip().removeprefix("{").removesuffix("}"))
        expanded = join((expanded[: use.start()], Traced(body, (place,) * len(body)), expanded[end:]))
        if len(expanded) > 4 * len(source) + 10_000:
            break
    return expanded


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
            match = _COMMAND.match(text, place)
            if match is None:
                return
            parts, place = _command(latex, match, depth)
            yield from parts
        elif char == "{":
            end = _group_end(text, place)
            inside = latex[place + 1 : end - 1]
            yield from _over(inside, depth) or _group(latex, place, end, depth)
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
        finish = _argument_end(text, begin)
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
    if name in ("text", "textnormal", "intertext", "mathop") or name in WRAPPERS:
        inside, finish = argument(end)
        return _worded(inside, name, put), finish
    if name in BRACES:
        finish = _argument_end(text, end)
        remark = re.compile(rf"\s*\{BRACES[name]}").match(text, finish)
        shown = _grouped(argument(end)[0], depth)
        return shown, _argument_end(text, remark.end()) if remark else finish
    if name in ("overset", "underset", "stackrel"):
        remark_end = _argument_end(text, end)
        inside, finish = argument(remark_end)
        below = join(_converted(inside, depth + 1)).stripped()
        return [below] if _RELATION.fullmatch(below.text) else put(f" {name} "), finish
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
    return put(f" {name} "), end


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


def _group(latex: Traced, start: int, end: int, depth: int) -> list[Traced]:
    return _grouped(latex[start + 1 : end - 1], depth)


def _grouped(shown: Traced, depth: int) -> list[Traced]:
    """{x} stands for itself: brackets where they keep a sum together after a function or a bracketed power."""
    inside = list(_converted(shown, depth + 1))
    text = join(inside).text.strip()
    if not text or re.fullmatch(r"\(.*\)|[\w.]*", text) or _RELATION.fullmatch(text):
        return inside
    at = (shown.place(0),)
    return [Traced("(", at), *inside, Traced(")", at)]


def _script(latex: Traced, place: int, depth: int) -> tuple[list[Traced], int]:
    """A subscript becomes part of its name; a superscript a power, a sign of an updated name, or an index."""
    text = latex.text
    end = _argument_end(text, place + 1)
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
        return [Traced(word, (*at * (len(word) - 1), latex.place(end - 1)))], end
    if plain in ("+", "(+)", "new", "(new)", "old", "(old)", "'"):
        sign = {"+": "⁺", "(+)": "⁺", "'": "'"}.get(plain) or "_" + plain.strip("()")
        return [Traced(sign, at * len(sign))], end
    if plain in _STARS:
        return [Traced("_star", at * 5)], end
    if re.fullmatch(r"\([tnkτ]\+1\)", plain):
        return [Traced("_new", at * 4)], end
    if re.fullmatch(r"\([tnkτ]\)", plain):
        return [Traced("_old", at * 4)], end
    if plain in ("T", "ᵀ", "top") or re.fullmatch(r"\([a-zA-Z\d]+\)", plain):
        word = f"^⟨{plain}⟩"
        return [Traced(word, at * len(word))], end
    if re.fullmatch(r"[\w.]+", plain):
        return [Traced("^", at), converted.stripped()], end
    return [Traced("^(", at * 2), converted, Traced(")", at)], end


def _argument_end(text: str, start: int) -> int:
    """Past the argument that begins at start: a group, a command, or one character."""
    while start < len(text) and text[start] in " \n":
        start += 1
    if start >= len(text):
        return start
    if text[start] in "{[":
        return _group_end(text, start)
    if text[start] == "\\":
        match = _COMMAND.match(text, start)
        return match.end() if match else start + 1
    return start + 1


def _group_end(text: str, start: int) -> int:
    """Past the bracket that closes the one at start; the end of the text where none does."""
    opened = text[start : start + 1]
    close = {"{": "}", "[": "]"}.get(opened, "")
    level = 0
    place = start
    while place < len(text):
        char = text[place]
        if char == "\\":
            place += 2
            continue
        if char == opened:
            level += 1
        elif char == close:
            level -= 1
            if level == 0:
                return place + 1
        place += 1
    return len(text)


_KNOWN = SILENT | WRAPPERS | set(DECORATIONS) | set(BRACES) | set("frac tfrac dfrac cfrac text sqrt begin over".split())
