"""The commands of LaTeX mathematics: what each stands for."""

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
    "leftarrow": "←", "gets": "←", "longleftarrow": "←", "coloneqq": "=", "triangleq": "=", "doteq": "=", "simeq": "≈",
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
DECORATIONS = {"hat": "hat", "widehat": "hat", "tilde": "tilde", "bar": "bar", "vec": "vec", "dot": "dot"}
DROPPED_WITH_ARGUMENT = frozenset(
    "color textcolor hspace vspace label tag ref eqref begin end phantom hphantom usepackage documentclass".split()
)
KNOWN = SILENT | WRAPPERS | set(DECORATIONS) | {"frac", "tfrac", "dfrac", "cfrac", "text", "sqrt", "begin", "over"}
