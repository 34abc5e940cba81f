"""Trainings made by test code: what is computed, how it is laid out, what is wrong in it, each apart from the others.

A `Plan` says what one step computes: `{name}` stands for the cell of a quantity in the same step, and `{name'}` for the
next value of a parameter. A layout gives every quantity of every step its cell. A slip changes one formula of a plan.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from sheets.auditing.book import Book, Sheet
from sheets.cells import letters

Spot = tuple[str, int, int]
"""Sheet, row, column."""


@dataclass(frozen=True)
class Plan:
    """One step: numbers that are `given`, the `start` of each parameter, `formulas` in order, the next of each."""

    given: Mapping[str, float]
    start: Mapping[str, float]
    formulas: Mapping[str, str]
    updates: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        return [*self.given, *self.start, *self.formulas]

    def changed(self, **formulas: str) -> "Plan":
        """With other formulas, or other updates where a parameter is named; `dE_dw1` is dE/dw1."""
        named = {name.replace("dE_", "dE/"): formula for name, formula in formulas.items()}
        return replace(self, formulas={n: named.get(n, f) for n, f in self.formulas.items()},
                       updates={n: named.get(n, f) for n, f in self.updates.items()})

    def relabelled(self) -> "Plan":
        """With labels that say nothing."""
        return replace(self, labels={name: f"qx{place}z" for place, name in enumerate(self.names)})


def _sigmoid(inner: str) -> str:
    return f"1/(1+EXP(-({inner})))"


NETWORK = Plan(
    given={"rate": 0.5, "i1": 0.3, "i2": 0.7, "t": 0.9},
    start={"w1": 0.15, "w2": 0.2, "w3": 0.25, "w4": 0.3, "b": 0.35, "v1": 0.4, "v2": 0.45},
    formulas={
        "h1": "{w1}*{i1}+{w2}*{i2}+{b}", "a1": _sigmoid("{h1}"),
        "h2": "{w3}*{i1}+{w4}*{i2}+{b}", "a2": _sigmoid("{h2}"),
        "o": "{v1}*{a1}+{v2}*{a2}", "p": _sigmoid("{o}"), "E": "0.5*({t}-{p})^2",
        "D": "({p}-{t})*{p}*(1-{p})", "D1": "{D}*{v1}*{a1}*(1-{a1})", "D2": "{D}*{v2}*{a2}*(1-{a2})",
        "dE/dw1": "{D1}*{i1}", "dE/dw2": "{D1}*{i2}", "dE/dw3": "{D2}*{i1}", "dE/dw4": "{D2}*{i2}",
        "dE/db": "{D1}+{D2}", "dE/dv1": "{D}*{a1}", "dE/dv2": "{D}*{a2}"},
    updates={name: f"{{{name}}}-{{rate}}*{{dE/d{name}}}" for name in ("w1", "w2", "w3", "w4", "b", "v1", "v2")},
)  # fmt: skip

_XS, _YS = (0.1, 0.4, 0.5, 0.9), (0.3, 0.2, 0.8, 0.7)
_N = range(1, 5)

REGRESSION = Plan(
    given={"rate": 0.05, **{f"x{n}": x for n, x in zip(_N, _XS, strict=True)},
           **{f"y{n}": y for n, y in zip(_N, _YS, strict=True)}},
    start={"a": 0.45, "s": 0.75},
    formulas={
        **{f"p{n}": f"{{a}}+{{s}}*{{x{n}}}" for n in _N}, **{f"e{n}": f"{{p{n}}}-{{y{n}}}" for n in _N},
        "E": "(" + "+".join(f"{{e{n}}}^2" for n in _N) + ")/4",
        "dE/da": "2*(" + "+".join(f"{{e{n}}}" for n in _N) + ")/4",
        "dE/ds": "2*(" + "+".join(f"{{e{n}}}*{{x{n}}}" for n in _N) + ")/4"},
    updates={"a": "{a}-{rate}*{dE/da}", "s": "{s}-{rate}*{dE/ds}"},
)  # fmt: skip



def _fitted(intercept: str, more: str = "", power: str = "") -> str:
    """The sum over the samples of a line's errors, each with a factor or to a power, all within one formula."""
    return "+".join(f"({{{intercept}}}+{{s}}*{{x{n}}}-{{y{n}}}){more.format(n=n)}{power}" for n in _N)


WITHIN = replace(REGRESSION, formulas={
    "E": f"({_fitted('a', power='^2')})/4", "dE/da": f"2*({_fitted('a')})/4",
    "dE/ds": f"2*({_fitted('a', '*{{x{n}}}')})/4"})
"""Linear regression whose predictions stand in no cells."""

IN_TURN = replace(REGRESSION, formulas={
    **REGRESSION.formulas, **{f"q{n}": f"{{a'}}+{{s}}*{{x{n}}}" for n in _N},
    "dE/ds": "2*(" + "+".join(f"({{q{n}}}-{{y{n}}})*{{x{n}}}" for n in _N) + ")/4"})
"""One parameter after the other, each at the errors that the other leaves."""

LOGISTIC = Plan(
    given={"rate": 0.3, "x1": 0.6, "x2": -0.4, "t": 1},
    start={"w1": 0.1, "w2": 0.2, "b": -0.1},
    formulas={"z": "{w1}*{x1}+{w2}*{x2}+{b}", "p": _sigmoid("{z}"), "E": "-{t}*LN({p})-(1-{t})*LN(1-{p})",
              "dE/dw1": "({p}-{t})*{x1}", "dE/dw2": "({p}-{t})*{x2}", "dE/db": "{p}-{t}"},
    updates={name: f"{{{name}}}-{{rate}}*{{dE/d{name}}}" for name in ("w1", "w2", "b")},
)  # fmt: skip

SOFTMAX = Plan(
    given={"rate": 0.2, "x": 0.7, "t1": 0, "t2": 1, "t3": 0},
    start={"w1": 0.1, "w2": -0.2, "w3": 0.3},
    formulas={
        **{f"z{n}": f"{{w{n}}}*{{x}}" for n in (1, 2, 3)}, "S": "EXP({z1})+EXP({z2})+EXP({z3})",
        **{f"p{n}": f"EXP({{z{n}}})/{{S}}" for n in (1, 2, 3)},
        "E": "-({t1}*LN({p1})+{t2}*LN({p2})+{t3}*LN({p3}))",
        **{f"dE/dw{n}": f"({{p{n}}}-{{t{n}}})*{{x}}" for n in (1, 2, 3)}},
    updates={f"w{n}": f"{{w{n}}}-{{rate}}*{{dE/dw{n}}}" for n in (1, 2, 3)},
)  # fmt: skip

PERCEPTRON = Plan(
    given={"rate": 0.1, "x1": 1, "x2": 0.5, "t": 1},
    start={"w1": 0.3, "w2": -0.6, "b": 0.2},
    formulas={"z": "{w1}*{x1}+{w2}*{x2}+{b}", "o": "IF({z}>0,1,0)", "err": "{t}-{o}"},
    updates={"w1": "{w1}+{rate}*{err}*{x1}", "w2": "{w2}+{rate}*{err}*{x2}", "b": "{b}+{rate}*{err}"},
)  # fmt: skip

RELU = replace(
    NETWORK.changed(a1="MAX(0,{h1})", a2="IF({h2}>0,{h2},0)", D1="{D}*{v1}*IF({h1}>0,1,0)", D2="{D}*{v2}*({a2}>0)"))

MOMENTUM = replace(
    LOGISTIC, given={**LOGISTIC.given, "mu": 0.9}, start={**LOGISTIC.start, "c1": 0.0, "c2": 0.0, "c3": 0.0},
    formulas={**LOGISTIC.formulas, **{f"n{n}": f"{{mu}}*{{c{n}}}-{{rate}}*{{dE/d{name}}}"
                                      for n, name in enumerate(("w1", "w2", "b"), start=1)}},
    updates={**{name: f"{{{name}}}+{{n{n}}}" for n, name in enumerate(("w1", "w2", "b"), start=1)},
             **{f"c{n}": f"{{n{n}}}" for n in (1, 2, 3)}})  # fmt: skip
DECAY = replace(LOGISTIC, given={**LOGISTIC.given, "l": 0.01}, updates={
    "w1": "{w1}-{rate}*({dE/dw1}+{l}*{w1})", "w2": "{w2}*(1-{rate}*{l})-{rate}*{dE/dw2}",
    "b": "{b}-{rate}*{dE/db}-{rate}*{l}*{b}"})  # fmt: skip
ADAM = replace(
    LOGISTIC, given={**LOGISTIC.given, "b1": 0.9, "b2": 0.999, "eps": 1e-8},
    start={**LOGISTIC.start, "m1": 0.0, "m2": 0.0, "m3": 0.0, "s1": 0.0, "s2": 0.0, "s3": 0.0},
    formulas={**LOGISTIC.formulas, **{
        f"{kind}{n}": form for n, name in enumerate(("w1", "w2", "b"), start=1) for kind, form in (
            ("M", f"{{b1}}*{{m{n}}}+(1-{{b1}})*{{dE/d{name}}}"), ("V", f"{{b2}}*{{s{n}}}+(1-{{b2}})*{{dE/d{name}}}^2"),
            ("Mh", f"{{M{n}}}/(1-{{b1}}^1)"), ("Vh", f"{{V{n}}}/(1-{{b2}}^1)"))}},
    updates={**{name: f"{{{name}}}-{{rate}}*{{Mh{n}}}/(SQRT({{Vh{n}}})+{{eps}})"
                for n, name in enumerate(("w1", "w2", "b"), start=1)},
             **{f"m{n}": f"{{M{n}}}" for n in (1, 2, 3)}, **{f"s{n}": f"{{V{n}}}" for n in (1, 2, 3)}})  # fmt: skip
RMSPROP = replace(
    LOGISTIC, given={**LOGISTIC.given, "rho": 0.9, "eps": 1e-6},
    start={**LOGISTIC.start, "s1": 0.0, "s2": 0.0, "s3": 0.0},
    formulas={**LOGISTIC.formulas, **{f"V{n}": f"{{rho}}*{{s{n}}}+(1-{{rho}})*{{dE/d{name}}}^2"
                                      for n, name in enumerate(("w1", "w2", "b"), start=1)}},
    updates={**{name: f"{{{name}}}-{{rate}}*{{dE/d{name}}}/(SQRT({{V{n}}})+{{eps}})"
                for n, name in enumerate(("w1", "w2", "b"), start=1)}, **{f"s{n}": f"{{V{n}}}" for n in (1, 2, 3)}})
ADAGRAD = replace(RMSPROP.changed(**{f"V{n}": f"{{s{n}}}+{{dE/d{name}}}^2"
                                     for n, name in enumerate(("w1", "w2", "b"), start=1)}), updates={
    **RMSPROP.updates, **{name: f"{{{name}}}-{{rate}}*{{dE/d{name}}}/SQRT({{V{n}}}+{{eps}})"
                          for n, name in enumerate(("w1", "w2", "b"), start=1)}})  # fmt: skip


_THREE = ("w1", "w2", "b")
_SHRUNK = {name: f"-{{rate}}*{{l}}*{{{name}}}" for name in _THREE}
ADAMW = replace(ADAM, given={**ADAM.given, "l": 0.01}, updates={
    **ADAM.updates, **{name: ADAM.updates[name] + less for name, less in _SHRUNK.items()}})
DECAYED_MOMENTUM = replace(MOMENTUM, given={**MOMENTUM.given, "l": 0.01}, updates={
    **MOMENTUM.updates, "w1": "{w1}*(1-{rate}*{l})+{n1}", "w2": "{w2}+{n2}-{rate}*{l}*{w2}",
    "b": "{b}-{rate}*{l}*{b}+{n3}"})  # fmt: skip
ADAM_DECAYED_WITHIN = replace(ADAM, given={**ADAM.given, "l": 0.01}).changed(
    **{f"dE_d{name}": f"{ADAM.formulas[f'dE/d{name}']}+{{l}}*{{{name}}}" for name in _THREE})
CLIPPED = replace(
    LOGISTIC, given={**LOGISTIC.given, "c": 0.05},
    formulas={**LOGISTIC.formulas, "k1": "MAX(-{c},MIN({c},{dE/dw1}))", "k2": "MIN(MAX({dE/dw2},-{c}),{c})",
              "k3": "IF({dE/db}>{c},{c},IF({dE/db}<-{c},-{c},{dE/db}))"},
    updates={name: f"{{{name}}}-{{rate}}*{{k{n}}}" for n, name in enumerate(_THREE, start=1)})
SHORTENED = replace(
    LOGISTIC, given={**LOGISTIC.given, "c": 0.05},
    formulas={**LOGISTIC.formulas, "g": "SQRT({dE/dw1}^2+{dE/dw2}^2+{dE/db}^2)", "f": "IF({g}>{c},{c}/{g},1)"},
    updates={name: f"{{{name}}}-{{rate}}*{{f}}*{{dE/d{name}}}" for name in _THREE})
LEAKY = replace(NETWORK, given={**NETWORK.given, "al": 0.1}).changed(
    a1="MAX({h1},0.01*{h1})", a2="IF({h2}>=0,{h2},{al}*{h2})", D1="{D}*{v1}*IF({h1}>0,1,0.01)",
    D2="{D}*{v2}*IF({h2}>=0,1,{al})")  # fmt: skip
ELU = replace(NETWORK, given={**NETWORK.given, "al": 0.7}).changed(
    a1="IF({h1}>20,{h1},LN(1+EXP({h1})))", a2="IF({h2}>0,{h2},{al}*(EXP({h2})-1))",
    D1="{D}*{v1}*IF({h1}>20,1,1/(1+EXP(-{h1})))", D2="{D}*{v2}*IF({h2}>0,1,{a2}+{al})")  # fmt: skip


def _huber(near: str, far: str) -> str:
    """The sum over the samples of what depends on whether an error is small, all within one formula."""
    error = "({a}+{s}*{x%d}-{y%d})"
    terms = (f"IF(ABS(@)<={{far}},{near},{far})".replace("#", f"{{x{n}}}").replace("@", error % (n, n)) for n in _N)
    return "(" + "+".join(terms) + ")/4"


HUBER = replace(REGRESSION, given={**REGRESSION.given, "far": 0.3}, formulas={
    "E": _huber("@^2/2", "{far}*(ABS(@)-{far}/2)"), "dE/da": _huber("@", "{far}*SIGN(@)"),
    "dE/ds": _huber("@*#", "{far}*SIGN(@)*#")})  # fmt: skip
"""A line whose far errors count less, the sum over all samples within one cell."""

FACTORS = Plan(
    given={"rate": 0.05, "l": 0.02, "r": 3.5}, start={"p1": 0.5, "p2": 0.8, "q1": 0.9, "q2": 0.4},
    formulas={"e": "{r}-{p1}*{q1}-{p2}*{q2}", "E": "0.5*{e}^2+{l}/2*({p1}^2+{p2}^2+{q1}^2+{q2}^2)"},
    updates={f"{one}{n}": f"{{{one}{n}}}+{{rate}}*({{e}}*{{{other}{n}}}-{{l}}*{{{one}{n}}})"
             for one, other in ("pq", "qp") for n in (1, 2)})
"""Two factors of a rating, whose updates are alike: the one reads the other's old value."""

_CURVE = "(({a}@a)*EXP(({s}@s)*{x1})-{y1})^2+(({a}@a)*EXP(({s}@s)*{x2})-{y2})^2"
_NEARBY = {"E": ("", ""), "Ea": ("+{h}", ""), "Eb": ("-{h}", ""), "Ec": ("", "+{h}"), "Ed": ("", "-{h}")}
QUOTIENTS = Plan(
    given={"rate": 0.05, "h": 0.001, "x1": 0.5, "y1": 1.1, "x2": 1.5, "y2": 1.9}, start={"a": 0.8, "s": 0.4},
    formulas={**{name: _CURVE.replace("@a", a).replace("@s", s) for name, (a, s) in _NEARBY.items()},
              "dE/da": "({Ea}-{Eb})/(2*{h})", "dE/ds": "({Ec}-{Ed})/(2*{h})"},
    updates={"a": "{a}-{rate}*{dE/da}", "s": "{s}-{rate}*{dE/ds}"})
"""Slopes by the loss worked out again beside where it stands."""

ADDED = replace(LOGISTIC, formulas={
    **{name: LOGISTIC.formulas[name] for name in ("z", "p", "E")}, "d": "{t}-{p}", "dw1": "{rate}*{d}*{x1}",
    "dw2": "{rate}*{d}*{x2}", "db": "{rate}*{d}"}, updates={name: f"{{{name}}}+{{d{name}}}" for name in LOGISTIC.start})
"""Whole steps, added, whose common factor has the minus of the slope."""

TIED = Plan(
    given={"rate": 0.5, "x1": 0.9, "x2": 0.2}, start={"w1": 0.3, "w2": -0.4, "b": 0.1},
    formulas={
        "h": _sigmoid("{w1}*{x1}+{w2}*{x2}+{b}"), "y1": "{w1}*{h}", "y2": "{w2}*{h}",
        "E": "(({y1}-{x1})^2+({y2}-{x2})^2)/2", "r1": "{y1}-{x1}", "r2": "{y2}-{x2}",
        "D": "({r1}*{w1}+{r2}*{w2})*{h}*(1-{h})",
        "dE/dw1": "{r1}*{h}+{D}*{x1}", "dE/dw2": "{r2}*{h}+{D}*{x2}", "dE/db": "{D}"},
    updates={name: f"{{{name}}}-{{rate}}*{{dE/d{name}}}" for name in ("w1", "w2", "b")})  # fmt: skip
_MANY = range(1, 15)
COUNTED = Plan(
    given={"rate": 0.05, **{f"x{n}": 0.1 * n for n in _MANY}, **{f"y{n}": 0.3 + 0.01 * n * n for n in _MANY}, "n": 14},
    start={"a": 0.45, "s": 0.75},
    formulas={**{f"e{n}": f"{{a}}+{{s}}*{{x{n}}}-{{y{n}}}" for n in _MANY},
              "E": "(" + "+".join(f"{{e{n}}}^2" for n in _MANY) + ")/14",
              "dE/da": "2*(" + "+".join(f"{{e{n}}}" for n in _MANY) + ")/{n}",
              "dE/ds": "2*(" + "+".join(f"{{e{n}}}*{{x{n}}}" for n in _MANY) + ")/{n}"},
    updates=REGRESSION.updates)
"""More samples than may be rates, over a count in a cell."""

_TIMES = (1, 2, 3)
GATED = Plan(
    given={"rate": 0.3, "x1": 1.0, "x2": -0.5, "x3": 0.8, "h0": 0.2, "t": 1.0},
    start={"wz": 0.4, "uz": 0.3, "wc": 0.7, "uc": 0.6, "v": 0.9},
    formulas={
        **{f"{name}{n}": text.format(n=n, p=n - 1) for n in _TIMES for name, text in (
            ("z", "1/(1+EXP(-({{wz}}*{{x{n}}}+{{uz}}*{{h{p}}})))"), ("c", "TANH({{wc}}*{{x{n}}}+{{uc}}*{{h{p}}})"),
            ("h", "(1-{{z{n}}})*{{h{p}}}+{{z{n}}}*{{c{n}}}"))},
        "y": "{v}*{h3}", "E": "0.5*({y}-{t})^2", "g3": "({y}-{t})*{v}",
        **{f"{name}{n - (name == 'g')}": text.format(n=n, p=n - 1) for n in _TIMES[::-1] for name, text in (
            ("a", "{{g{n}}}*({{c{n}}}-{{h{p}}})*{{z{n}}}*(1-{{z{n}}})"), ("b", "{{g{n}}}*{{z{n}}}*(1-{{c{n}}}^2)"),
            ("g", "{{g{n}}}*(1-{{z{n}}})+{{a{n}}}*{{uz}}+{{b{n}}}*{{uc}}"))},
        **{f"dE/d{weight}{gate}": "+".join(f"{{{by}{n}}}*{{{read}{n - (read == 'h')}}}" for n in _TIMES)
           for gate, by in (("z", "a"), ("c", "b")) for weight, read in (("w", "x"), ("u", "h"))},
        "dE/dv": "({y}-{t})*{h3}"},
    updates={name: f"{{{name}}}-{{rate}}*{{dE/d{name}}}" for name in ("wz", "uz", "wc", "uc", "v")})
"""A gate that lets a state go on from time to time, h' = (1 - z)*h + z*c, and slopes that go back the same way."""

SADDLE = Plan(
    given={"rate": 0.1}, start={"x": 1.0, "y": 0.5, "m": 0.2},
    formulas={"f": "{x}^2+3*{y}^2+{m}*({x}+2*{y}-1)", "df/dx": "2*{x}+{m}", "df/dy": "6*{y}+2*{m}",
              "df/dm": "{x}+2*{y}-1"},
    updates={"x": "{x}-{rate}*{df/dx}", "y": "{y}-{rate}*{df/dy}", "m": "{m}+{rate}*{df/dm}"})
"""Down in what is looked for, and up in the multiplier of what is asked of it."""

PLANS: Mapping[str, Plan] = MappingProxyType({
    "whole steps": ADDED, "a count in a cell": COUNTED, "a gated state": GATED,
    "a network": NETWORK, "a network with ReLU": RELU, "linear regression": REGRESSION, "far errors": HUBER,
    "factors": FACTORS, "clipped slopes": CLIPPED, "slopes of a length": SHORTENED, "leaky units": LEAKY,
    "softplus and ELU": ELU, "weights used twice": TIED, "difference quotients": QUOTIENTS,
    "logistic regression": LOGISTIC,
    "softmax": SOFTMAX, "a perceptron": PERCEPTRON, "a multiplier": SADDLE,
    "gradients within the updates": replace(NETWORK, updates={
        **NETWORK.updates, "v1": "{v1}-{rate}*({p}-{t})*{p}*(1-{p})*{a1}"}),
    "a rate as a number, and gradients with the minus": LOGISTIC.changed(
        dE_dw1="-({p}-{t})*{x1}", dE_dw2="({t}-{p})*{x2}", dE_db="{t}-{p}", w1="{w1}+0.3*{dE/dw1}",
        w2="{w2}+0.3*{dE/dw2}", b="{b}+0.3*{dE/db}"),
})  # fmt: skip

Layout = Callable[[Plan, int], tuple[Mapping[tuple[int, str], Spot], Mapping[tuple[int, str], Spot]]]
"""From a plan and a number of steps to the cells of (step, quantity), and those of the new values, where apart."""


def _rows(plan: Plan, steps: int) -> tuple[dict[tuple[int, str], Spot], dict[tuple[int, str], Spot]]:
    cells = {(step, name): ("One", 5 + step, 2 + place)
             for step in range(steps + 1) for place, name in enumerate(plan.names)}
    return cells, {(step, name): cells[step + 1, name] for step in range(steps) for name in plan.start}


def _columns(plan: Plan, steps: int) -> tuple[dict[tuple[int, str], Spot], dict[tuple[int, str], Spot]]:
    cells, new = _rows(plan, steps)
    return ({key: (s, c, r) for key, (s, r, c) in cells.items()}, {key: (s, c, r) for key, (s, r, c) in new.items()})


def _blocks(plan: Plan, steps: int) -> tuple[dict[tuple[int, str], Spot], dict[tuple[int, str], Spot]]:
    high = len(plan.names) + len(plan.start) + 4
    cells = {(step, name): ("One", 3 + step * high + place, 3)
             for step in range(steps) for place, name in enumerate(plan.names)}
    new = {(step, name): ("One", 3 + step * high + len(plan.names) + 1 + place, 3)
           for step in range(steps) for place, name in enumerate(plan.start)}
    return cells, new


def _sheets(plan: Plan, steps: int) -> tuple[dict[tuple[int, str], Spot], dict[tuple[int, str], Spot]]:
    wide = 4
    cells = {(step, name): (f"iter {step + 1}", 3 + place // wide * 2, 2 + place % wide * 3)
             for step in range(steps) for place, name in enumerate(plan.names)}
    new = {(step, name): (f"iter {step + 1}", 60 + place, 4)
           for step in range(steps) for place, name in enumerate(plan.start)}
    return cells, new


LAYOUTS: Mapping[str, Layout] = MappingProxyType(
    {"rows": _rows, "columns": _columns, "blocks": _blocks, "sheets": _sheets})


def make_training(plan: Plan, layout: str, steps: int = 3, move: tuple[int, int] = (0, 0),
                  only: Mapping[tuple[int, str], str] = MappingProxyType({})) -> Book:
    """The workbook of a plan in a layout, moved down and to the right; `only` are formulas of one step alone."""
    cells, new = LAYOUTS[layout](plan, steps)
    down, right = move
    written: dict[str, dict[tuple[int, int], str | float]] = {}

    def put(spot: Spot, content: str | float) -> None:
        written.setdefault(spot[0], {})[spot[1] + down, spot[2] + right] = content

    def address(spot: Spot, home: str) -> str:
        text = f"{letters(spot[2] + right)}{spot[1] + down}"
        return text if spot[0] == home else f"'{spot[0]}'!{text}"

    def formula(step: int, text: str, spot: Spot) -> str:
        for name in sorted(plan.names, key=len, reverse=True):
            where = cells[0, "rate"] if name == "rate" else cells[step, name]
            text = text.replace(f"{{{name}}}", address(where, spot[0]))
            if name in plan.start:
                text = text.replace(f"{{{name}'}}", address(new[step, name], spot[0]))
        return f"={text}"

    apart = (0, next(iter(plan.start))) in new and new[0, next(iter(plan.start))] not in cells.values()
    for step in range(steps):
        for name in plan.names:
            spot = cells[step, name]
            if name in plan.given:
                if name != "rate" or not step:
                    put(spot, plan.given[name])
            elif name in plan.start and not step:
                put(spot, plan.start[name])
            elif name in plan.start and apart:
                put(spot, "=" + address(new[step - 1, name], spot[0]))
            elif name in plan.formulas:
                put(spot, formula(step, only.get((step, name), plan.formulas[name]), spot))
        for name, text in plan.updates.items():
            put(new[step, name], formula(step, only.get((step, name), text), new[step, name]))
    for (step, name), (sheet, row, column) in {**cells, **(new if apart else {})}.items():
        label = plan.labels.get(name, name)
        if layout == "rows" and step == 0:
            put((sheet, row - 1, column), label)
        elif layout != "rows" and (layout != "columns" or step == 0):
            put((sheet, row, column - 1), label)
    return Book("made.xlsx", tuple(Sheet(name, own, {}) for name, own in written.items()), {})


@dataclass(frozen=True)
class Table:
    """Samples as rows, one step a block or a sheet: `columns` are filled down, below them stand what `foots` say.

    `{x}` stands for the sample's cell of a column, `{x:}` for the column's cells, `{a}` for a start or a rate above.
    """

    given: Mapping[str, tuple[float, ...]]
    start: Mapping[str, float]
    columns: Mapping[str, str]
    foots: Mapping[str, str]
    updates: Mapping[str, str]
    rate: float = 0.05

    @property
    def size(self) -> int:
        return len(next(iter(self.given.values())))

    def changed(self, **formulas: str) -> "Table":
        """With other formulas in every row of some columns."""
        return replace(self, columns={name: formulas.get(name, text) for name, text in self.columns.items()})


_SQUARED = {"p": "{a}+{s}*{x}", "e": "{p}-{y}", "sq": "{e}^2", "ga": "2*{e}", "gs": "2*{e}*{x}"}
LINE = Table(
    given={"x": (0.1, 0.4, 0.5, 0.9, 1.3), "y": (0.3, 0.2, 0.8, 0.7, 1.1)}, start={"a": 0.45, "s": 0.75},
    columns=_SQUARED, foots={name: f"AVERAGE({{{name}:}})" for name in ("sq", "ga", "gs")},
    updates={"a": "{a}-{rate}*{ga!}", "s": "{s}-{rate}*{gs!}"})
BENT = replace(
    LINE, given={"x": tuple(0.2 * n - 1 for n in range(14)), "y": tuple(0.1 * n * n for n in range(14))},
    start={"a": 0.45, "s": 0.75, "v": 0.6}, columns={
        "z": "{a}+{s}*{x}", "h": "MAX(0,{z})", "e": "{v}*{h}-{y}", "sq": "{e}^2", "gv": "2*{e}*{h}",
        "ga": "2*{e}*{v}*({z}>0)", "gs": "2*{e}*{v}*({z}>0)*{x}"},
    foots={name: f"AVERAGE({{{name}:}})" for name in ("sq", "gv", "ga", "gs")},
    updates={name: f"{{{name}}}-{{rate}}*{{g{name}!}}" for name in "vas"})
MEANS = replace(LINE, columns={n: f for n, f in _SQUARED.items() if n in ("p", "e")}, foots={
    "sq": "SUMSQ({e:})/COUNT({e:})", "ga": "2*SUM({e:})/ROWS({e:})", "gs": "2*SUMPRODUCT({e:},{x:})/COUNT({x:})"})
CLASSES = Table(
    given={"x": (0.5, 1.5, 0.2, 2.5), "v": (1.1, 0.7, 2.0, 1.4), "y": (0, 1, 0, 1)},
    start={"u": 0.1, "w": -0.2, "b": 0.05},
    columns={"z": "{u}*{x}+{w}*{v}+{b}", "p": _sigmoid("{z}"), "ce": "-({y}*LN({p})+(1-{y})*LN(1-{p}))",
             "gu": "({p}-{y})*{x}", "gw": "({p}-{y})*{v}", "gb": "{p}-{y}"},
    foots={name: f"SUM({{{name}:}})" for name in ("ce", "gu", "gw", "gb")},
    updates={"u": "{u}-{rate}*{gu!}", "w": "{w}-{rate}*{gw!}", "b": "{b}-{rate}*{gb!}"})
LIKELY = replace(
    CLASSES, given={"x": (1, 2, 2.5, 3, 4, 4.5, 5, 6), "v": (0.5, 0.4, 0.7, 0.6, 0.5, 0.8, 0.7, 0.6),
                    "y": (0, 0, 0, 1, 0, 1, 1, 1)},
    columns={name: CLASSES.columns[name] for name in ("z", "p")}, foots={
        "ce": "-SUMPRODUCT({y:}*LN({p:})+(1-{y:})*LN(1-{p:}))/8+0.05/2*({u}^2+{w}^2)",
        "gu": "SUMPRODUCT({p:}-{y:},{x:})/8+0.05*{u}", "gw": "SUMPRODUCT({p:}-{y:},{v:})/8+0.05*{w}",
        "gb": "(SUM({p:})-SUM({y:}))/8"})
"""Classes whose cross-entropy, with a penalty, stands in one cell over all samples."""
_EXPS = "(EXP({z1})+EXP({z2})+EXP({z3}))"
HOT = Table(
    given={"x": (0.2, 0.5, 1.4, 1.0, 0.3), "y1": (1, 1, 0, 0, 0), "y2": (0, 0, 1, 1, 0), "y3": (0, 0, 0, 0, 1)},
    start={"w1": 0.1, "w2": -0.2, "w3": 0.05, "b1": 0.0, "b2": 0.1, "b3": 0.0},
    columns={**{f"z{n}": f"{{w{n}}}*{{x}}+{{b{n}}}" for n in (1, 2, 3)},
             **{f"p{n}": f"EXP({{z{n}}})/{_EXPS}" for n in (1, 2, 3)},
             "ce": "-({y1}*LN({p1})+{y2}*LN({p2})+{y3}*LN({p3}))",
             **{f"d{n}": f"{{p{n}}}-{{y{n}}}" for n in (1, 2, 3)}},
    foots={"ce": "SUM({ce:})", **{f"gw{n}": f"SUMPRODUCT({{x:}},{{d{n}:}})" for n in (1, 2, 3)},
           **{f"gb{n}": f"SUM({{d{n}:}})" for n in (1, 2, 3)}},
    updates={f"{name}{n}": f"{{{name}{n}}}-{{rate}}*{{g{name}{n}!}}" for name in "wb" for n in (1, 2, 3)})
"""Three classes, their marks in columns beside an input that is once 1."""


def table_cells(table: Table, step: int, layout: str) -> Mapping[str, Spot]:
    """The cells of a step: starts and rate above, samples `name 0` to `name n`, feet `name!`, new values `name'`."""
    high = table.size + len(table.start) + 8
    sheet, top = (f"epoch {step + 1}", 1) if layout == "sheets" else ("One", 1 + step * high)
    names = [*table.given, *table.columns, *(foot for foot in table.foots if foot not in table.columns)]
    found: dict[str, Spot] = {"rate": ("epoch 1" if layout == "sheets" else "One", 1, 8)}
    for place, name in enumerate(table.start):
        found[name], found[f"{name}'"] = (sheet, top + place, 2), (sheet, top + place, 4)
    for place, name in enumerate(names):
        found[f"{name}!"] = sheet, top + len(table.start) + 3 + table.size, 1 + place
        for sample in range(table.size):
            found[f"{name} {sample}"] = sheet, top + len(table.start) + 2 + sample, 1 + place
    return found


def make_table(table: Table, layout: str = "sheets", steps: int = 3,
               only: Mapping[tuple[int, str], str] = MappingProxyType({})) -> Book:
    """The workbook of a table of samples; `only` are formulas of one cell of one step alone, `(1, "p 2")`."""
    written: dict[str, dict[tuple[int, int], str | float]] = {}
    for step in range(steps):
        cells = table_cells(table, step, layout)

        def put(name: str, content: str | float, cells: Mapping[str, Spot] = cells) -> None:
            sheet, row, column = cells[name]
            written.setdefault(sheet, {})[row, column] = content

        def formula(text: str, home: str, sample: int = 0, cells: Mapping[str, Spot] = cells) -> str:
            def address(name: str, fixed: str = "") -> str:
                sheet, row, column = cells[name]
                text = f"{fixed}{letters(column)}{fixed}{row}"
                return text if sheet == home else f"'{sheet}'!{text}"

            for name in {*table.given, *table.columns, *table.foots}:
                if f"{name} {sample}" in cells:
                    text = text.replace(f"{{{name}}}", address(f"{name} {sample}"))
                    text = text.replace(f"{{{name}:}}", f"{address(f'{name} 0')}:{address(f'{name} {table.size - 1}')}")
                text = text.replace(f"{{{name}!}}", address(f"{name}!"))
            for name in ("rate", *table.start):
                text = text.replace(f"{{{name}}}", address(name, "$"))
            return f"={text}"

        home = cells[next(iter(table.start))][0]
        if not step:
            put("rate", table.rate)
        for name, number in table.start.items():
            before = table_cells(table, step - 1, layout)[f"{name}'"] if step else None
            put(name, number if before is None else f"='{before[0]}'!{letters(before[2])}{before[1]}")
            put(f"{name}'", formula(only.get((step, f"{name}'"), table.updates[name]), home))
        for sample in range(table.size):
            for name, numbers in table.given.items():
                put(f"{name} {sample}", numbers[sample])
            for name, text in table.columns.items():
                put(f"{name} {sample}", formula(only.get((step, f"{name} {sample}"), text), home, sample))
        for name, text in table.foots.items():
            put(f"{name}!", formula(only.get((step, f"{name}!"), text), home))
        for name in (*table.given, *table.columns):
            sheet, row, column = cells[f"{name} 0"]
            written[sheet][row - 1, column] = {"sq": "squared error", "ce": "log loss"}.get(name, name)
    return Book("made.xlsx", tuple(Sheet(name, own, {}) for name, own in written.items()), {})
