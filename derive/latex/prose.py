"""Any text as LaTeX prose: nothing in a title or a source can be a command."""

import unicodedata

GREEK = frozenset(
    ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi",
     "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi",
     "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega"]
)  # fmt: skip
_SIGNS = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': "''", "`": "`", "/": r"/\allowbreak{}", "–": "--", "—": "---", "−": "$-$",
    "…": r"\dots{}", "·": r"$\cdot$", "×": r"$\times$", "∂": r"$\partial$", "½": r"$\frac{1}{2}$",
    "²": "$^2$", "³": "$^3$", "≤": r"$\le$", "≥": r"$\ge$", "→": r"$\to$", "‘": "`", "’": "'", "“": "``", "”": "''",
}  # fmt: skip
_ACCENTS = {"\u0300": r"\`", "\u0301": r"\'", "\u0302": r"\^", "\u0303": r"\~", "\u0308": r"\"", "\u030a": r"\r ",
            "\u030c": r"\v ", "\u0327": r"\c ", "\u0328": r"\k ", "\u0304": r"\=", "\u0306": r"\u ", "\u0307": r"\.",
            "\u030b": r"\H "}  # fmt: skip
_LETTERS = {"ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "œ": r"\oe{}", "Œ": r"\OE{}", "ø": r"\o{}", "Ø": r"\O{}",
            "ł": r"\l{}", "Ł": r"\L{}", "ı": r"\i{}"}  # fmt: skip


def prose(text: str) -> str:
    """The text in ASCII LaTeX; a character that plain LaTeX has no sign for is named by its code, `[U+4E2D]`."""
    return "".join(_character(c) for c in " ".join(text.split()))


def _character(c: str) -> str:
    if c in _SIGNS:
        return _SIGNS[c]
    if c.isascii():
        return c
    if c in _LETTERS:
        return _LETTERS[c]
    if greek(c):
        return f"${greek(c).strip()}$"
    apart = unicodedata.normalize("NFD", c)
    if len(apart) == 2 and apart[0].isascii() and apart[1] in _ACCENTS:
        return f"{_ACCENTS[apart[1]]}{{{apart[0]}}}"
    return f"[U+{ord(c):04X}]"


def greek(letter: str) -> str:
    r"""`\eta ` for η; empty for any other letter and for those that LaTeX has no command for."""
    described = unicodedata.name(letter, "")
    if not described.startswith("GREEK ") or " LETTER " not in described:
        return ""
    word = described.split(" LETTER ")[1].split(" ")[0].lower().replace("lamda", "lambda")
    word = word.capitalize() if described.startswith("GREEK CAPITAL") else word
    return rf"\{word} " if word in GREEK else ""
