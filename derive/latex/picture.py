"""The network as a TikZ picture: columns from the inputs to the loss, the start values at links and circles."""

from collections.abc import Callable, Mapping

from derive.drawing import Circle, Drawing, Kind

_ROW, _WIDEST, _TALLEST = 2.5, 13.0, 18.0  # cm
_PLAIN, _LABELLED = 1.3, 2.3  # cm between two columns
_MOST_WEIGHTS = 2  # on one link


def picture(
    drawing: Drawing, written: Callable[[str], str], start: Mapping[str, str], lit: frozenset[str] = frozenset()
) -> list[str]:
    """The lines of a `tikzpicture`; `written` sets a name, `start` gives the set value of each leaf.

    What is `lit` is drawn in colour, and so are the links from one to another, as the path of a gradient is.
    """
    across = _columns(drawing)
    rows = max(circle.row for circle in drawing.circles)
    down = min(_ROW, _TALLEST / max(2 * rows, 1))
    lines = [
        r"\begin{tikzpicture}[>=stealth,",
        r"  every node/.style={font=\small},",
        r"  neuron/.style={draw, rounded corners=9pt, minimum height=18pt, inner xsep=4pt, fill=white},",
        r"  leaf/.style={draw, circle, minimum size=20pt, inner sep=1pt, fill=black!6},",
        r"  weight/.style={font=\footnotesize, fill=white, inner sep=1pt},",
        r"  lit/.style={draw=red!70!black, fill=red!12, thick}, path/.style={draw=red!70!black, very thick}]",
    ]
    for circle in drawing.circles:
        style = "leaf" if circle.kind in (Kind.INPUT, Kind.TARGET) else "neuron"
        style += ", lit" if lit.intersection(circle.names) else ""
        text = r" \mid ".join(map(written, circle.names))
        place = f"({across[circle.column]:.2f}, {-circle.row * down:.2f})"
        lines.append(rf"  \node[{style}] ({_key(circle.names[0])}) at {place} {{${text}$}};")
        lines += _beside(circle, written, start)
    places = {circle.names[0]: circle for circle in drawing.circles}
    glowing = {circle.names[0] for circle in drawing.circles if lit.intersection(circle.names)}
    for link in drawing.links:
        on = link.target in glowing and (link.source in glowing or lit.intersection(link.weights))
        lines.append(rf"  \draw[->{', path' if on else ''}] ({_key(link.source)}) -- ({_key(link.target)});")
    for link in drawing.labelled:
        if len(link.weights) > _MOST_WEIGHTS:
            continue
        said = ", ".join(f"{written(w)} = {start[w]}" if w in start else written(w) for w in link.weights)
        level = places[link.source].row == places[link.target].row
        at = 0.5 if level else 0.28  # where no other link crosses
        ends = f"({_key(link.source)}) -- node[weight, pos={at}, sloped] {{${said}$}} ({_key(link.target)})"
        lines.append(rf"  \path {ends};")
    return [*lines, r"\end{tikzpicture}"]


def _columns(drawing: Drawing) -> list[float]:
    """Where each column stands, in cm: room for what its circles hold and for the weights on the links before it."""
    last = max(circle.column for circle in drawing.circles)
    home = {circle.names[0]: circle.column for circle in drawing.circles}
    half = [max(0.5 * len(c.names) for c in drawing.circles if c.column == column) for column in range(last + 1)]
    labelled = {home[link.target] for link in drawing.links if link.weights}
    places = [0.0]
    for column in range(1, last + 1):
        gap = _LABELLED if column in labelled else _PLAIN
        places.append(places[-1] + half[column - 1] + gap + half[column])
    return [place * min(1, _WIDEST / max(places[-1], 1)) for place in places]


def _beside(circle: Circle, written: Callable[[str], str], start: Mapping[str, str]) -> list[str]:
    """The value of a leaf, the biases of a neuron, where no link runs."""
    if circle.names[0] in start:
        said = f"= {start[circle.names[0]]}"
    else:
        said = r" \ ".join(f"+ {written(b)}" + (f" = {start[b]}" if b in start else "") for b in circle.biases)
    where = {Kind.INPUT: "left", Kind.TARGET: "right"}.get(circle.kind, "below")
    key = _key(circle.names[0])
    return [rf"  \node[font=\footnotesize, {where}=0pt of {key}] {{${said}$}};"] if said else []


def _key(name: str) -> str:
    """A name as a TikZ node may be called: letters, digits and hyphens."""
    return "".join(c if c.isascii() and c.isalnum() else f"-{ord(c):x}-" for c in name)
