"""Walkthroughs, as far as they lend to a document what it uses and leaves undefined."""

from functools import cache
from typing import Protocol

from msgspec import Struct

from derive.network import Network

_BUILT_IN = ("kanungo", "mazur")
"""The walkthroughs that lend to a document where none is named."""


class HasNetwork(Protocol):
    """A walkthrough, as far as checking needs it."""

    @property
    def name(self) -> str: ...

    @property
    def network(self) -> Network: ...

    @property
    def ones(self) -> tuple[str, ...]: ...


class Lender(Struct, frozen=True):
    """A walkthrough as far as it lends: its name and its network.

    One that was asked for lends whatever the document leaves undefined; another only what hangs on names it has.
    """

    name: str
    network: Network
    is_asked: bool = False
    ones: tuple[str, ...] = ()
    """Names that add up to 1 in every sample."""

    @property
    def nodes(self) -> tuple[str, ...]:
        """The names of its leaves and of what it defines, in computable order."""
        return (*self.network.leaves, *self.network.definitions)

    @property
    def quantities(self) -> tuple[str, ...]:
        """Every name of the walkthrough, and what is short for one."""
        return (*self.network.names, *(alias for alias, _ in self.network.aliases))


def lenders(walkthrough: "Network | HasNetwork | str | None") -> tuple[Lender, ...]:
    """The walkthrough that may lend, loaded or by its name, or those that do where none is named."""
    if walkthrough is None:
        return _built_in()
    if isinstance(walkthrough, str):
        from derive.walkthrough import load_walkthrough

        return lenders(load_walkthrough(walkthrough))
    if isinstance(walkthrough, Network):
        return (Lender("", walkthrough, is_asked=True),)
    return (Lender(walkthrough.name, walkthrough.network, is_asked=True, ones=walkthrough.ones),)


@cache
def _built_in() -> tuple[Lender, ...]:
    from derive.walkthrough import load_walkthrough

    return tuple(Lender(name, load_walkthrough(name).network) for name in _BUILT_IN)
