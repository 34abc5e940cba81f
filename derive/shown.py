"""A value that shows itself in a notebook, where whatever it says is set as Markdown with `$…$`."""

from importlib import import_module


class Shown:
    """Gives a value `_repr_markdown_`; how each kind is written stands in its package's `notebook`."""

    __slots__ = ()

    def _repr_markdown_(self) -> str | None:
        written: str | None = import_module(f"{type(self).__module__.partition('.')[0]}.notebook").as_markdown(self)
        return written
