"""What a notebook or a program asks for: walkthroughs by name, by path, or loaded, wherever one is expected."""

from collections.abc import Mapping
from decimal import Decimal
from math import inf
from numbers import Real
from pathlib import Path

from derive.errors import DeriveError, required
from derive.gradients import chain
from derive.gradients.chain import Derivation
from derive.network import Network
from derive.training import Training, training
from derive.walkthrough import Walkthrough, load_walkthrough


def derive_gradients(network: Network | Walkthrough | str | Path) -> Mapping[str, Derivation]:
    """∂loss/∂parameter for every parameter of a network, in declared order.

    A walkthrough stands for its network, loaded, by name or by path. DeriveError where there is no such walkthrough.

    >>> derive_gradients("kanungo")["w5"]
    <Derivation of ∂E_Total/∂w5>
    >>> [path.names for path in derive_gradients("kanungo")["w5"].paths()]
    [('E_Total', 'E1', 'out_o1', 'o1', 'w5')]
    """
    if isinstance(network, Network):
        return chain.derive_gradients(network)
    loaded = network if isinstance(network, Walkthrough) else load_walkthrough(network)
    return chain.derive_gradients(loaded.network, loaded.ones)


def train(walkthrough: Walkthrough | str | Path, learning_rate: float | None = None) -> Training:
    """The training that a walkthrough describes, at one learning rate, its first unless told.

    The walkthrough is loaded, or a name or a path. Rows are computed as they are asked for, and may be asked for again.
    DeriveError where there is no such walkthrough, or the learning rate is no positive number.

    >>> training = train("mazur", 0.5)
    >>> loss = training.names.index("E_Total")
    >>> [f"{row[loss]:.6f}" for row in training.rows][:2]
    ['0.298371', '0.291028']
    """
    loaded = walkthrough if isinstance(walkthrough, Walkthrough) else load_walkthrough(walkthrough)
    return training.train(loaded, _rate(loaded.learning_rates[0] if learning_rate is None else learning_rate))


def _rate(given: float | Decimal) -> float:
    required("learning_rate", given, (Real, Decimal), _POSITIVE)
    if not 0 < given < inf:
        raise DeriveError("learning_rate", f"{given} is no learning rate", _POSITIVE)
    return float(given)


_POSITIVE = "a positive number, such as 0.5"
