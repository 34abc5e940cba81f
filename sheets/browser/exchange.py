"""What passes between the page and an act: what is given, files, and a network as the page draws it."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from derive.drawing import draw
from derive.network import Network

Given = Mapping[str, Any]
Files = Sequence[tuple[str, bytes]]


def as_drawing(network: Network) -> dict[str, Any]:
    """Circles and links of the network, to be drawn; `home` tells in which circle a name stands."""
    drawn = draw(network)
    labelled = set(drawn.labelled)
    return {
        "circles": [{"kind": circle.kind.value, "names": circle.names, "column": circle.column, "row": circle.row,
                     "biases": circle.biases} for circle in drawn.circles],
        "links": [{"source": link.source, "target": link.target, "weights": link.weights, "labelled": link in labelled}
                  for link in drawn.links],
        "loss": network.loss,
    }  # fmt: skip


def as_file(name: str, content: bytes) -> dict[str, str]:
    """A file that the page lets its reader save."""
    return {"name": name, "base64": base64.b64encode(content).decode()}
