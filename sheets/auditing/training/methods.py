"""The methods that step otherwise than by a rate times a slope: momentum, weight decay, Adam."""

from msgspec import Struct

from sheets.auditing.training.claims import Reading
from sheets.auditing.training.updates import Update


class Method(Struct, frozen=True):
    """A method by name, and the updates that follow it."""

    name: str
    updates: tuple[Update, ...]


def method_of(reading: Reading) -> Method:
    """The method of a step whose updates are no plain ones."""
    return Method("", ())
