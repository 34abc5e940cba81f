"""What people type for one and the same sign: tables of characters and of LaTeX commands."""

import re
import unicodedata
from functools import cache
from types import MappingProxyType

FRACTIONS = MappingProxyType(
    {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅛": (1, 8), "⅒": (1, 10)}
)
MATCHING = MappingProxyType({"(": ")", "[": "]", "{": "}"})
_ALIKE = MappingProxyType({
    **dict.fromkeys("∂ӘәƏə𝟃𝝏𝜕𝛛𝞉ძꝹ", "∂"),
    **dict.fromkeys("−–‒﹣－‐‑", "-"),
    **dict.fromkeys("×·⋅∙∗•✕✖⨯", "*"),
    **dict.fromkeys("÷∕⁄", "/"),
    **dict.fromkeys("'’′‘ʹ´", "'"),
    **dict.fromkeys("≅≃≈", "≈"),
    **dict.fromkeys("≡≔≜≝", "="),
    **dict.fromkeys("∥‖", "‖"),
    **dict.fromkeys("\u00a0\u2009\u200a\u202f\u2002\u2003\u3000\u200b\ufeff\ufe0f\u200d\t", " "),
    "¡": "i", "∆": "Δ", "∘": "⊙", "ᵀ": "ᵀ",
})  # fmt: skip
_SUPER = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺"
SUPERSCRIPTS = str.maketrans(_SUPER, "0123456789-+")
RAISED = MappingProxyType(dict(zip(
    "ʰʲʳʷʸˡˢˣᵃᵇᵈᵉᵍᵏᵐᵒᵖᵗᵘᵛᶜᶠᶻⁱⁿᴸᴺᴹᴷᵝᵞᵟᶿ", "hjrwylsxabdegkmoptuvcfzinLNMKβγδθ", strict=True)))  # fmt: skip
"""Letters that stand above: eˣ."""
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₒₓₕₖₗₘₙₚₛₜᵢⱼᵣᵤᵥ", "0123456789+-aeoxhklmnpstijruv")

GREEK = MappingProxyType({
    **dict(zip(
        "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi rho sigma tau "
        "upsilon phi varphi chi psi omega pi Gamma Delta Theta Lambda Xi Pi Phi Psi Omega".split(),
        "αβγδεεζηθθικλμνξρστυφφχψωπΓΔΘΛΞΠΦΨΩ", strict=True)),
    "ell": "l", "hbar": "h", "imath": "i", "jmath": "j",
})  # fmt: skip
"""Commands that are a letter."""
SPELLED = frozenset(GREEK) - {"ell", "hbar", "imath", "jmath"}
"""Letters that plain text spells out."""

FOREIGN = MappingProxyType({
    "sen": "sin", "tg": "tan", "ctg": "cot", "cotg": "cot", "arcsen": "arcsin", "arctg": "arctan", "lg": "log",
    "Sen": "sin", **{name.capitalize(): name for name in "sin cos tan cot sec csc ln exp".split()},
})  # fmt: skip
"""Functions as other languages call them, and with the capital of a sentence."""
INTEGRAL = "an integral, which is not worked out here"
"""What the sign of an integral is read as."""
SIGNS = MappingProxyType({
    **dict.fromkeys("partial part".split(), ("PARTIAL", "∂")),
    **dict.fromkeys("cdot times ast bullet".split(), ("TIMES", "*")),
    "div": ("OVER", "/"), "slash": ("OVER", "/"), "over": ("ABOVE", "/"),
    "sum": ("BIG", "∑"), "Sigma": ("BIG", "Σ"), "prod": ("BIG", "∏"), "lim": ("LIMIT", "lim"),
    **dict.fromkeys("int iint oint".split(), ("UNKNOWN", INTEGRAL)),
    **dict.fromkeys("odot bigodot circ circledcirc".split(), ("ENTRYWISE", "⊙")),
    "nabla": ("NABLA", "∇"), "otimes": ("OUTER", "⊗"),
    **dict.fromkeys("top intercal".split(), ("TURNED", "T")),
    **dict.fromkeys("approx simeq cong sim".split(), ("RELATION", "≈")),
    **dict.fromkeys("equiv coloneqq triangleq doteq".split(), ("RELATION", "=")),
    **dict.fromkeys("leftarrow gets longleftarrow Leftarrow".split(), ("RELATION", "←")),
    **dict.fromkeys("rightarrow to longrightarrow mapsto".split(), ("ARROW", "→")),
    **dict.fromkeys("Rightarrow implies Longrightarrow therefore because".split(), ("STOP", "⇒")),
    **dict.fromkeys("iff Leftrightarrow Longleftrightarrow".split(), ("STOP", "⇒")),
    **dict.fromkeys("qed qedhere qedsymbol Box square blacksquare checkmark".split(), ("STOP", "∎")),
    **dict.fromkeys("neq ne".split(), ("COMPARE", "≠")), **dict.fromkeys("leq le".split(), ("COMPARE", "≤")),
    **dict.fromkeys("geq ge".split(), ("COMPARE", "≥")), "lt": ("COMPARE", "<"), "gt": ("COMPARE", ">"),
    **dict.fromkeys("in notin forall exists propto ll gg".split(), ("COMPARE", "∈")),
    "langle": ("OPEN", "⟨"), "rangle": ("CLOSE", "⟩"),
    "lbrack": ("OPEN", "["), "rbrack": ("CLOSE", "]"), "lbrace": ("OPEN", "{"), "rbrace": ("CLOSE", "}"),
    **dict.fromkeys("vert lvert rvert mid".split(), ("BAR", "|")),
    **dict.fromkeys("Vert lVert rVert |".split(), ("BARS", "‖")),
    **dict.fromkeys("cdots ldots dots vdots ddots dotsc dotsb".split(), ("DOTS", "…")),
    "prime": ("PRIME", "'"), "infty": ("UNKNOWN", "∞"), "quad": ("GAP", " "), "qquad": ("GAP", " "),
    **{name: ("WORD", name) for name in "ln log exp tanh cosh sinh coth sin cos tan cot sec csc".split()},
    **{name: ("WORD", word) for name, word in FOREIGN.items()},
    **{name: ("WORD", name) for name in "arcsin arccos arctan erf tr Tr trace diag softmax".split()},
    **{name: ("WORD", name) for name in "max min arg det sup inf Pr".split()},
    "frac": ("FRACTION", ""), "tfrac": ("FRACTION", ""), "dfrac": ("FRACTION", ""), "cfrac": ("FRACTION", ""),
    "sqrt": ("ROOT", ""), "\\": ("ROW", ""), "newline": ("ROW", ""),
    "{": ("OPEN", "{"), "}": ("CLOSE", "}"), "%": ("UNKNOWN", "%"), "&": ("UNKNOWN", "&"), "#": ("UNKNOWN", "#"),
    "_": ("BELOW", "_"),
})  # fmt: skip
"""Commands that are a sign: the kind of token and its value."""

SILENT = frozenset(
    "left right bigl bigr Bigl Bigr biggl biggr Biggl Biggr big Big bigg Bigg bigm displaystyle textstyle scriptstyle "
    "limits nolimits large Large LARGE huge Huge small tiny normalsize scriptsize nonumber notag hfill noindent bf rm it "  # noqa: E501
    "sf tt middle allowbreak strut hline centering mathstrut space thinspace , ; : ! > $ ( ) [ ] /".split()
) | {" ", "\n"}
"""Commands without a meaning of their own; `\\(` and `\\[` among them, when they stand inside of mathematics."""

FACES = frozenset("bf rm it sf tt".split())
"""Those that set what follows, or what stands in the braces behind them, in another face."""
WRAPPERS = frozenset(
    "mathrm mathbf mathit mathsf mathtt mathcal mathbb mathds mathfrak mathscr boldsymbol operatorname bm boxed Aboxed "
    "underline mbox textbf textit textrm textsf cancel bold pmb ensuremath mathop operatorname* vec text textnormal "
    "boldmath fbox Bold symbf symbfit mathnormal rm".split()
)
"""Commands that show their argument as it is."""
UPRIGHT = frozenset("mathrm text textrm textnormal mbox rm operatorname".split())
"""Those that set names upright, as units are."""
BLACKBOARD = frozenset("E P V".split())
"""Letters that are operators in blackboard bold: the expectation, a probability, a variance."""
WORDED = frozenset("text textnormal mbox textrm textit textbf intertext".split())
"""Those whose argument may be prose."""
DECORATIONS = MappingProxyType(
    {name: name.removeprefix("wide") for name in "hat widehat tilde widetilde bar dot ddot check breve".split()}
    | {"overline": "bar"}
)
ARGUMENTS_DROPPED = MappingProxyType(dict.fromkeys(
    "color vspace label tag ref eqref phantom hphantom vphantom cite footnote vspace*".split(), 1
) | {"textcolor": 1, "colorbox": 1, "raisebox": 1})  # fmt: skip
"""Commands whose first argument is not shown; what follows it is."""
PROSE = frozenset(
    "a about above add after again all also an and any apply are as at be because becomes being below between "
    "both but by can case chain changes claim compute computes consider constant define defined denote derivative "
    "derivatives do does each either else equal equals every example find first following follows for from "
    "function functions get gets give given gives has have hence here how if in instead into is it its just know "
    "let like likewise means more multiply neuron neurons new next no not note now of old on only or other "
    "otherwise our output outputs over partial per plug plus put recall respect result rule same second see set "
    "similarly simply since slope so solve some step substitute substituting subtract sum such take terms than "
    "that the their then there therefore these they this those through thus times to together two update updated "
    "use used using value values want was we weight weights what when where which while will with within without "
    "wrt yields you your "
    "für wenn falls mit und oder wobei gilt daher damit wegen durch von pour avec donc alors où para con donde "
    "entonces sendo onde então com dove quindi allora".split()
)
"""Words that stand between formulas; they are names only where the document defines them so."""
NOUNS = frozenset(
    "chain change claim constant derivative error function neuron neurons new old output outputs result slope step "
    "sum update value values weight weights".split()
)
"""Words that can be names and functions, too, where they are set as such."""
BRACED = MappingProxyType({"underbrace": "_", "overbrace": "^"})
"""Braces with a remark below or above."""
STACKED = frozenset("overset underset stackrel".split())
MATRICES = frozenset("matrix pmatrix bmatrix vmatrix Vmatrix Bmatrix smallmatrix array cases".split())


def canonical(text: str) -> str:
    """The text with every look-alike replaced by the sign it stands for; its length does not change."""
    if not text.isascii():
        text = "".join(map(_sign, _LONE.sub(lambda letter: _CYRILLIC[letter[0]], text)))
    return _TURNED_LABEL.sub(_turned, text) if "^{" in text else text


_LABEL = r"[(\[][^{}()\[\]\\]{1,8}[)\]]"
_TURN = r"\s*\^?(?:\{T\}|T|\\top|\\intercal|(?P<prime>'|\\prime))\s*"
_TURNED_LABEL = re.compile(rf"\^\{{(?:(?P<of>{_LABEL}){_TURN}|T\s*(?P<before>{_LABEL}))(?P<end>\}}|\Z)")
"""The sign of a transposed array, or of a derivative, in the braces of a label: W^{(2)T}, W^{T(2)}, g^{[l]'}."""


def _turned(match: re.Match[str]) -> str:
    """The label in its braces and the sign behind them, of the same length: W^{(2)}ᵀ."""
    label, end, sign = match["of"] or match["before"], match["end"], "'" if match["prime"] else "ᵀ"
    return f"^{{{label.ljust(len(match[0]) - 3 - len(end))}}}{sign * len(end)}"


_CYRILLIC = MappingProxyType(dict(zip("хреХРЕ", "xpeXPE", strict=True)))
_LONE = re.compile(f"(?<![Ѐ-ӿ])[{''.join(_CYRILLIC)}](?![Ѐ-ӿ])")
"""A letter of the other alphabet that is no word and looks like one of a formula."""


@cache
def _sign(char: str) -> str:
    """One character's stand-in: the table's, else the plain letter of a styled one (𝝈, 𝑤, ｗ)."""
    if char in _ALIKE:
        return _ALIKE[char]
    if char in _SUPER or char in RAISED or char in FRACTIONS or char.translate(SUBSCRIPTS) != char:
        return char
    plain = unicodedata.normalize("NFKC", char)
    if len(plain) != 1:
        return char
    return _ALIKE.get(plain, plain)
