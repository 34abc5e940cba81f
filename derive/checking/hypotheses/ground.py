"""What hypotheses are proposed on: an interpretation with its evidence, the document's words, what may lend."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

import sympy as sp
from msgspec import Struct

from derive.checking.equations import Stated, differentiated, tree_of
from derive.checking.evidence import Evidence
from derive.checking.evidence.loss import rests_on_loss
from derive.checking.interpretations import Interpretation
from derive.checking.lenders import Lender
from derive.formulas.phrases import LOSS
from derive.formulas.vocabulary import Vocabulary


class Ground(Struct, frozen=True, dict=True):
    """An interpretation with its evidence, the document's words, what may lend."""

    interpretation: Interpretation
    evidence: Mapping[int, Evidence]
    vocabulary: Vocabulary
    lenders: tuple[Lender, ...]

    @property
    def claims(self) -> Sequence[Stated]:
        """The claims of the document."""
        return self.interpretation.claims

    def written(self, name: str) -> str:
        """A name as the document first spells it."""
        return self.vocabulary.spellings.get(name, name)

    @cached_property
    def defined(self) -> frozenset[str]:
        """The names with a definition."""
        return frozenset(self.interpretation.versions)

    @cached_property
    def own(self) -> frozenset[str]:
        """The names that the document defines, be it by a line that is no formula of numbers; not in passing, further
        on in a chain.
        """
        lefts = (tree_of(one.claim.left) for one in self.claims if one.begins and not one.equations)
        unread = {tree.value for tree in lefts if tree is not None and tree.kind in ("name", "call")}
        in_chains = {name for n, name in self.interpretation.definers.items() if not self.claims[n].begins}
        return (self.defined - in_chains) | unread

    @cached_property
    def ends(self) -> frozenset[str]:
        """The names that can be a loss: what the document differentiates, or says what it is."""
        plain = [e for one in self.claims for e in one.plainest]
        told = {e.left.name for e in plain if e.left.is_Symbol}
        of = {name for e in plain for partial in e.partials if (name := differentiated(partial))}
        return frozenset({LOSS} | self.own | told | of)

    @cached_property
    def given(self) -> frozenset[str]:
        """The names that the document gives a value and no formula."""
        plain = (e for one in self.claims for e in one.plainest)
        return frozenset(e.left.name for e in plain if e.left.is_Symbol and not e.right.free_symbols) - self.defined

    @cached_property
    def printed(self) -> Mapping[str, frozenset[sp.Expr]]:
        """The numbers that each name's chains print for it."""
        found: defaultdict[str, frozenset[sp.Expr]] = defaultdict(frozenset)
        name = ""
        for one in self.claims:
            for equation in one.plainest:
                name = str(equation.left) if one.begins else name
                found[name] |= {equation.right} if equation.right.is_number else set()
        return found

    @cached_property
    def uses(self) -> Mapping[str, int]:
        """How many claims each name stands in; the loss where one is about it without naming it."""
        found = Counter(name for one in self.claims for name in one.names)
        if any(map(rests_on_loss, self.claims)):
            found.setdefault(LOSS, 1)
        return found
