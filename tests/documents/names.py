"""What people call the quantities of a network: schemes that are met, and letters from nowhere."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.documents.notations import Spelling

ROLES = (
    "input", "target", "weight 1", "weight 2", "bias 1", "bias 2", "net 1", "net 2", "out 1", "out 2", "part", "loss",
    "delta 1", "delta 2", "rate",
)  # fmt: skip
"""The families of quantities; the layer stands behind the role."""


@dataclass(frozen=True)
class Scheme:
    """A template for each role, typed and in LaTeX; # is the index. `counted` numbers the weights through."""

    templates: Mapping[str, tuple[str, str]]
    counted: bool = False
    kinds: tuple[str, ...] = ("plain", "latex", "code")
    single: bool = False
    """Whether it goes only with networks of one unit in each layer."""


def _scheme(text: str, **more: Any) -> Scheme:
    """A scheme from the typed templates; LaTeX's are the same with braces unless they stand behind a bar."""
    templates: dict[str, tuple[str, str]] = {}
    for role, one in zip(ROLES, text.split(), strict=True):
        plain, _, latex = one.partition("|")
        stem, _, index = plain.partition("_") if "_" in plain else (plain.rstrip("#"), "", "#" if "#" in plain else "")
        word = rf"\text{{{stem}}}" if len(stem) > 1 and stem.isascii() else LATEX.get(stem, stem)
        templates[role] = plain, latex or (f"{word}_{{{index}}}" if index else word)
    templates["node"] = "node_#", r"\text{node}_{#}"
    return Scheme(templates, **more)


LATEX = {
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "η": r"\eta", "θ": r"\theta", "φ": r"\phi",
    "ψ": r"\psi", "ω": r"\omega", "ρ": r"\rho", "ξ": r"\xi", "ζ": r"\zeta", "κ": r"\kappa", "λ": r"\lambda",
    "μ": r"\mu", "τ": r"\tau", "ŷ": r"\hat{y}", "σ": r"\sigma",
}  # fmt: skip
SCHEMES: Mapping[str, Scheme] = {
    "course": _scheme("i# t# w# w# b# b# h# o# out_h# out_o# E# E_total δ_h# δ_o# η", counted=True),
    "net and out": _scheme("x# t# w# w# b1_# b2_# net_h# net_o# out_h# out_o# E_o# E δ_h# δ_o# η", counted=True),
    "a for out": _scheme("x# y# w# w# b# b# h# o# a_h# a_o# E# E_Total δ_h# δ_o# lr|\\eta", counted=True),
    "v and u": _scheme("x_# y_# v_# u_# b_# c_# z_# s_# h_# ŷ_#|\\hat{y}_{#} C_# C δ_# ε_#|\\varepsilon_{#} α"),
    "net": _scheme("x_# t_# w_# v_# b_# c_# net_# s_# o_# y_# L_# L δ_# γ_# η"),
    "target": _scheme(
        "in_# target_# w_# v_# b_# c_# net_# sum_# hid_# out_# err_# loss d_# delta_# lr", kinds=("plain", "code")
    ),
    "layers": _scheme(
        "x# y# u|w^{(1)}_{#} v|w^{(2)}_{#} b|b^{(1)}_{#} c|b^{(2)}_{#} p|z^{(1)}_{#} q|z^{(2)}_{#} g|a^{(1)}_{#} "
        "r|a^{(2)}_{#} J#|J_{#} J δ|\\delta^{(1)}_{#} γ|\\delta^{(2)}_{#} α",
        kinds=("latex",),
    ),
    "numbered layers": _scheme("x y w1 w2 b1 b2 z1 z2 a1 a2 l# L δ1 δ2 α", single=True),
    "primed": _scheme("x y w|w_1 v|w_2 b|b_1 c|b_2 h|h q|q g|g y' L# L δ γ η", single=True),
    "predicted": _scheme("x y w1 w2 b1 b2 z1 z2 h y_pred|\\hat{y} l# loss|\\mathcal{L} δ1 δ2 lr|\\eta", single=True),
}
_STEMS = tuple("a b c f g h k l m n p q r s u v w x y z A B C D F G H J K L M P Q R S T U V W X Y Z".split())
_GREEK = tuple("α β γ θ φ ψ ω ρ ξ ζ κ λ μ τ".split())


def random_scheme(rng: random.Random) -> Scheme:
    """Letters that nobody agreed on, one a family; the index behind the letter or behind a bar below."""
    letters = rng.sample(_STEMS, 9) + rng.sample(_GREEK, 6)
    rng.shuffle(letters)
    below = rng.choice(["#", "_#"])
    templates = {
        role: (f"{letter}{below}", f"{LATEX.get(letter, letter)}_{{#}}")
        for role, letter in zip(ROLES, letters, strict=True)
    }
    for role in ("loss", "rate"):
        templates[role] = templates[role][0].rstrip("_#"), templates[role][1].removesuffix("_{#}")
    unused = next(letter for letter in _STEMS if letter not in letters)
    templates["node"] = f"{unused}{below}", f"{unused}_{{#}}"
    part, loss = templates["part"][0].rstrip("_#"), templates["loss"][0]
    assert part != loss
    return Scheme(templates)


def spell(scheme: Scheme, keys: tuple[str, ...]) -> dict[str, Spelling]:
    """The names of a network's quantities; an index is left out where a family has but one member."""
    families: dict[str, list[str]] = {}
    for key in keys:
        families.setdefault(_role(key), []).append(key)
    found: dict[str, Spelling] = {}
    counted = 0
    for key in keys:
        role = _role(key)
        plain, latex = scheme.templates[role]
        index = "".join(_index(key))
        if scheme.counted and role.startswith("weight"):
            counted += 1
            index = str(counted)
        elif scheme.counted and role.startswith("bias") and plain == "b#":
            index = str(1 + sum(1 for k in keys[: keys.index(key)] if _role(k).startswith("bias")))
        elif len(families[role]) == 1 and "#" in plain and not scheme.counted:
            index = ""
        found[key] = Spelling(_filled(plain, index), _filled(latex, index))
    typed = [spelling.plain for spelling in found.values()]
    if len(set(typed)) < len(typed) or len({s.latex for s in found.values()}) < len(typed):
        doubled = sorted(name for name in typed if typed.count(name) > 1)
        raise ValueError(f"two quantities are called the same: {doubled}")
    return found


def _role(key: str) -> str:
    words = key.split()
    return f"{words[0]} {words[1]}" if words[0] in ("weight", "bias", "net", "out", "delta") else words[0]


def _index(key: str) -> list[str]:
    words = key.split()
    return words[2:] if words[0] in ("weight", "bias", "net", "out", "delta") else words[1:]


def _filled(template: str, index: str) -> str:
    filled = template.replace("#", index)
    return filled.replace("_{}", "").rstrip("_")
