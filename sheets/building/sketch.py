"""The drawing of a network as points and lines for a native scatter chart: pure data, with labels that may be formulas.

openpyxl writes no shapes, so circles are markers and links are lines between them. A label is a cell, so a start value
that a reader changes changes on the drawing as well.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import pairwise
from math import hypot

from msgspec import Struct

from derive.drawing import Drawing, Kind, draw
from derive.network import Network

WIDTH, HEIGHT = 19.0, 9.6  # cm
_MARGIN_X, _MARGIN_Y = 2.6, 1.4
_RADIUS, _SMALLEST = 0.7, 0.25
POINTS = 72 / 2.54  # in a cm
_ALONG = 0.3  # where on a slanted link its weight stands: before any other link crosses
MOST_MARKS = 200
"""A chart has at most 255 series."""


class Shape(StrEnum):
    """What a mark looks like: a line, a bare label on one side of its point, or a circle."""

    LINK, ABOVE, BELOW, LEFT, RIGHT = "link", "above", "below", "left", "right"
    INPUT, TARGET, NEURON, LOSS = "input", "target", "neuron", "loss"


class Mark(Struct, frozen=True):
    """One series: points in cm, None between two lines; its label, the names in a circle or quantities with a value.

    `size` is a circle's diameter in points.
    """

    shape: Shape
    points: tuple[tuple[float, float] | None, ...]
    label: str | tuple[str, ...] = ""
    size: int = 0


class _Placed(Struct, frozen=True):
    """The centre of every circle by its first name, and the radius that leaves room between all of them."""

    centres: Mapping[str, tuple[float, float]]
    radius: float


def sketch(network: Network) -> tuple[Mark, ...]:
    """Links first, circles over them, labels on top; every point within WIDTH and HEIGHT. Empty for large networks."""
    drawing = draw(network)
    placed = _placed(drawing)
    marks = tuple(mark for make in (_links, _circles, _weights, _values) for mark in make(drawing, placed))
    return marks if len(marks) <= MOST_MARKS and placed.radius >= _SMALLEST else ()


def _placed(drawing: Drawing) -> _Placed:
    deepest = max(max(abs(circle.row) for circle in drawing.circles), 0.5)
    down = (HEIGHT - 2 * _MARGIN_Y) / 2 / deepest
    across = _columns(drawing)
    centres = {circle.names[0]: (across[circle.column], HEIGHT / 2 - circle.row * down) for circle in drawing.circles}
    gaps = [2 * _RADIUS / 0.8, *(after - before for before, after in pairwise(across))]
    for column in range(len(across)):
        rows = sorted(circle.row for circle in drawing.circles if circle.column == column)
        gaps += [(after - before) * down for before, after in pairwise(rows)]
    return _Placed(centres, 0.4 * min(gaps))


def _columns(drawing: Drawing) -> list[float]:
    """Where each column stands: twice the room before a column whose links carry weights."""
    home = {circle.names[0]: circle.column for circle in drawing.circles}
    weighted = {home[link.target] for link in drawing.links if link.weights}
    places = [0.0]
    for column in range(1, max(home.values()) + 1):
        places.append(places[-1] + (1.8 if column in weighted else 1.0))
    scale = (WIDTH - 2 * _MARGIN_X) / max(places[-1], 1.0)
    return [_MARGIN_X + place * scale for place in places]


def _links(drawing: Drawing, placed: _Placed) -> Iterator[Mark]:
    """Lines from rim to rim, all of them one series."""
    points: list[tuple[float, float] | None] = []
    for link in drawing.links:
        (x, y), (to_x, to_y) = placed.centres[link.source], placed.centres[link.target]
        length = hypot(to_x - x, to_y - y)
        dx, dy = (to_x - x) / length * placed.radius, (to_y - y) / length * placed.radius
        points += [(x + dx, y + dy), (to_x - dx, to_y - dy), None]
    yield Mark(Shape.LINK, tuple(points[:-1]))


def _circles(drawing: Drawing, placed: _Placed) -> Iterator[Mark]:
    size = round(2 * placed.radius * POINTS)
    for circle in drawing.circles:
        yield Mark(Shape(circle.kind.value), (placed.centres[circle.names[0]],), "\n".join(circle.names), size)


def _weights(drawing: Drawing, placed: _Placed) -> Iterator[Mark]:
    for link in drawing.labelled:
        (x, y), (to_x, to_y) = placed.centres[link.source], placed.centres[link.target]
        level = abs(y - to_y) < 0.01
        along, side = (0.5, Shape.ABOVE) if level else (_ALONG, Shape.RIGHT)
        yield Mark(side, ((x + along * (to_x - x), y + along * (to_y - y)),), link.weights)


def _values(drawing: Drawing, placed: _Placed) -> Iterator[Mark]:
    """The value of an input, a target, a bias, where no link runs."""
    for circle in drawing.circles:
        x, y = placed.centres[circle.names[0]]
        if circle.kind is Kind.INPUT:
            yield Mark(Shape.LEFT, ((x - placed.radius, y),), circle.names)
        elif circle.kind is Kind.TARGET:
            yield Mark(Shape.RIGHT, ((x + placed.radius, y),), circle.names)
        elif circle.biases:
            yield Mark(Shape.BELOW, ((x, y - placed.radius),), circle.biases)


class Drawn(Struct, frozen=True):
    """A mark on its cells: the references of its x, its y and its label, what the label says at the start, its ink."""

    mark: Mark
    x: str
    y: str
    label: str
    said: str
    ink: str = ""
