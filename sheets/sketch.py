"""The drawing of a network as points and lines for a native scatter chart: pure data, with labels that may be formulas.

openpyxl writes no shapes, so circles are markers and links are lines between them. A label is a cell, so a start value
that a reader changes changes on the drawing as well.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import hypot

from derive.drawing import Drawing, Kind, draw
from derive.network import Network

WIDTH, HEIGHT = 19.0, 9.6  # cm
_MARGIN_X, _MARGIN_Y = 2.6, 1.0
_RADIUS = 0.7
MARKER = 40  # points across: two radii
_MOST_LABELS = 6  # before one column; more would lie over each other
_ALONG = 0.3  # where on a slanted link its weight stands: before any other link crosses


class Shape(StrEnum):
    """What a mark looks like: a line, a bare label on one side of its point, or a circle."""

    LINK, ABOVE, BELOW, LEFT, RIGHT = "link", "above", "below", "left", "right"
    INPUT, TARGET, NEURON, LOSS = "input", "target", "neuron", "loss"


@dataclass(frozen=True)
class Mark:
    """One series: points in cm, and as its label the names in a circle or quantities to be shown with start values."""

    shape: Shape
    points: tuple[tuple[float, float], ...]
    label: str | tuple[str, ...] = ""


def sketch(network: Network) -> tuple[Mark, ...]:
    """Links first, circles over them, labels on top; every point within WIDTH and HEIGHT."""
    drawing = draw(network)
    places = _places(drawing)
    marks = (_links, _circles, _weights, _values)
    return tuple(mark for make in marks for mark in make(drawing, places))


def _places(drawing: Drawing) -> Mapping[str, tuple[float, float]]:
    """The centre of every circle by its first name."""
    deepest = max(max(abs(circle.row) for circle in drawing.circles), 0.5)
    down = (HEIGHT - 2 * _MARGIN_Y) / 2 / deepest
    across = _columns(drawing)
    return {circle.names[0]: (across[circle.column], HEIGHT / 2 - circle.row * down) for circle in drawing.circles}


def _columns(drawing: Drawing) -> list[float]:
    """Where each column stands: twice the room before a column whose links carry weights."""
    home = {circle.names[0]: circle.column for circle in drawing.circles}
    weighted = {home[link.target] for link in drawing.links if link.weights}
    places = [0.0]
    for column in range(1, max(home.values()) + 1):
        places.append(places[-1] + (1.8 if column in weighted else 1.0))
    scale = (WIDTH - 2 * _MARGIN_X) / max(places[-1], 1.0)
    return [_MARGIN_X + place * scale for place in places]


def _links(drawing: Drawing, places: Mapping[str, tuple[float, float]]) -> Iterator[Mark]:
    """Lines from rim to rim."""
    for link in drawing.links:
        (x, y), (to_x, to_y) = places[link.source], places[link.target]
        length = hypot(to_x - x, to_y - y)
        if length > 2 * _RADIUS:
            dx, dy = (to_x - x) / length * _RADIUS, (to_y - y) / length * _RADIUS
            yield Mark(Shape.LINK, ((x + dx, y + dy), (to_x - dx, to_y - dy)))


def _circles(drawing: Drawing, places: Mapping[str, tuple[float, float]]) -> Iterator[Mark]:
    for circle in drawing.circles:
        yield Mark(Shape(circle.kind.value), (places[circle.names[0]],), "\n".join(circle.names))


def _weights(drawing: Drawing, places: Mapping[str, tuple[float, float]]) -> Iterator[Mark]:
    home = {circle.names[0]: circle.column for circle in drawing.circles}
    crowd = Counter(home[link.target] for link in drawing.links if link.weights)
    for link in drawing.links:
        if not link.weights or crowd[home[link.target]] > _MOST_LABELS:
            continue
        (x, y), (to_x, to_y) = places[link.source], places[link.target]
        level = abs(y - to_y) < 0.01
        along, side = (0.5, Shape.ABOVE) if level else (_ALONG, Shape.RIGHT)
        yield Mark(side, ((x + along * (to_x - x), y + along * (to_y - y)),), link.weights)


def _values(drawing: Drawing, places: Mapping[str, tuple[float, float]]) -> Iterator[Mark]:
    """The value of an input, a target, a bias, where no link runs."""
    for circle in drawing.circles:
        x, y = places[circle.names[0]]
        if circle.kind is Kind.INPUT:
            yield Mark(Shape.LEFT, ((x - _RADIUS, y),), circle.names)
        elif circle.kind is Kind.TARGET:
            yield Mark(Shape.RIGHT, ((x + _RADIUS, y),), circle.names)
        elif circle.biases:
            yield Mark(Shape.BELOW, ((x, y - _RADIUS),), circle.biases)


@dataclass(frozen=True)
class Drawn:
    """A mark on its cells: the references of its x, its y and its label, and what the label says at the start."""

    mark: Mark
    x: str
    y: str
    label: str
    said: str
