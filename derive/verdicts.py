"""What `derive.check` returns: the verdicts on a text in its order, a tuple that can show itself."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from derive.checking import Checked
from derive.checking import check as judge
from derive.checking.report import VERDICTS
from derive.errors import required
from derive.network import Network
from derive.shown import Shown
from derive.tex import Typeset, typeset
from derive.walkthrough import Walkthrough, load_walkthrough

if TYPE_CHECKING:
    Several = tuple[Checked, ...]
else:
    Several = tuple


_LOADED = (Walkthrough, Network)


class Verdicts(Shown, Several):
    """The equalities of a text with their verdicts, in its order; in a notebook, a table with both sides typeset."""

    __slots__ = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many equalities came to each verdict; those that none came to are left out."""
        found = Counter(one.verdict for one in self)
        return {verdict: found[verdict] for verdict in VERDICTS if found[verdict]}

    @property
    def tex(self) -> tuple[Typeset, ...]:
        """TeX of both sides and of what is right, for each equality."""
        return tuple(map(typeset, self))

    def __repr__(self) -> str:
        told = ", ".join(f"{count} {verdict.replace('-', ' ')}{'s' * (verdict == 'definition' and count > 1)}"
                         for verdict, count in self.counts.items())
        return f"<{len(self)} {'equality' if len(self) == 1 else 'equalities'}: {told or 'none found'}>"


def check(text: str | Path, walkthrough: Walkthrough | str | Path | None = None, file: str = "") -> Verdicts:
    """Every equality of a derivation with its verdict, in the text's order.

    The text is plain, Markdown, LaTeX, HTML or a notebook, and defines its own network. What it uses and leaves
    undefined a walkthrough may lend, given loaded, by its name or its path; without one, the built-in ones, where
    their shape fits. `file` stands in each verdict's place. A Path is the document in that file. DeriveError where no
    such walkthrough is there, or the file cannot be read.

    >>> [line.verdict for line in check("∂E/∂w6 = (out_o1 - t1)*out_o1*(1 - out_o1)*out_h1", "kanungo")]
    ['refuted']
    """
    required("text", text, (str, Path), "a text, or the Path of a document")
    known = walkthrough if walkthrough is None or isinstance(walkthrough, _LOADED) else load_walkthrough(walkthrough)
    return Verdicts(judge(text, known, file))
