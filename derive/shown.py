"""A value that shows itself in a notebook, where whatever it says is set as Markdown with `$…$`."""

from importlib import import_module


class Shown:
    """Gives a value `_repr_markdown_`; how each kind is written stands in `derive.notebook`, loaded when one is."""

    __slots__ = ()

    def _repr_markdown_(self) -> str | None:
        written: str | None = import_module("derive.notebook").as_markdown(self)
        return written
