"""Small graphs of scalars in letters a to g, as automatic differentiation is taught: e = a*b, d = e + c, L = d*f."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from tests.documents import networks
from tests.documents.derivations import Line, printed, slope_of
from tests.documents.terms import ONE, Call, Meaning, Name, Negative, Number, Power, Term, minus, times, total

LETTERS = "a b c d e f g h k m n p q r u v w x y z".split()


@dataclass(frozen=True)
class Graph:
    """Leaves with their values, and nodes that each use what was not used before; the last is the loss."""

    values: dict[str, str]
    definitions: dict[str, Term]

    @property
    def meaning(self) -> Meaning:
        """What the nodes are."""
        return Meaning(self.definitions, {})

    @property
    def keys(self) -> tuple[str, ...]:
        """Leaves, then nodes."""
        return (*self.values, *self.definitions)


def draw(rng: random.Random) -> Graph:
    """Three to five leaves, each used once, joined until one node is left."""
    leaves = [f"node {n}" for n in range(1, rng.randint(3, 5) + 1)]
    values = {leaf: rng.choice(["2", "-3", "10", "-2", "0.5", "1.5", "3", "-1", "4"]) for leaf in leaves}
    waiting = list(leaves)
    definitions: dict[str, Term] = {}
    while len(waiting) > 1:
        one, other = (Name(waiting.pop(0)), Name(waiting.pop(0)))
        bodies = (times(one, other), times(one, other), total(one, other), minus(one, other))
        key = f"node {len(leaves) + len(definitions) + 1}" if waiting else "loss"
        definitions[key] = rng.choice(bodies)
        if waiting and rng.random() < 0.3:
            inner, key = key, f"node {len(leaves) + len(definitions) + 1}"
            squeezed: tuple[Term, ...] = (Call("tanh", (Name(inner),)), Power((Name(inner),), 2))
            definitions[key] = rng.choice(squeezed)
        waiting.insert(rng.choice([0, 0, len(waiting)]), key)
    return Graph(values, definitions)


def lines(rng: random.Random, graph: Graph) -> Iterator[Line]:
    """Values, forward, and backward node by node."""
    for key, text in graph.values.items():
        yield Line((Name(key), Number(text)), "given")
    point = networks.exact(graph.values)
    shown = rng.random() < 0.5
    for key, body in graph.definitions.items():
        value = Number(printed(graph.meaning.value(Name(key), point), 4, cut=False))
        yield Line((Name(key), body, value) if shown else (Name(key), body), "forward")
    for key, body in reversed(graph.definitions.items()):
        for name, local in _slopes(key, body):
            if key == "loss":
                yield Line((slope_of("loss", name), local), "slope")
            else:
                chain = times(slope_of("loss", key), slope_of(key, name))
                yield Line((slope_of("loss", name), chain, times(slope_of("loss", key), local)), "gradient")


def _slopes(key: str, body: Term) -> Iterator[tuple[str, Term]]:
    """By each name of a node's body, its derivative."""
    match body:
        case Call("tanh", (Name(inner),)):
            yield inner, minus(ONE, Power((Name(key),), 2))
        case Power((Name(inner),), 2):
            yield inner, times(Number("2"), Name(inner))
        case _:
            one, other = (part.parts[0] if isinstance(part, Negative) else part for part in body.parts)
            assert isinstance(one, Name)
            assert isinstance(other, Name)
            if any(isinstance(part, Negative) for part in body.parts):
                slopes: tuple[Term, Term] = ONE, Negative((ONE,))
            elif type(body) is type(times(one, other)):
                slopes = other, one
            else:
                slopes = ONE, ONE
            yield one.key, slopes[0]
            yield other.key, slopes[1]
