"""What the names of a document mean, under hypotheses; an interpretation exists only if its network can be made."""

from derive.checking.interpretations.definitions import CHANGES, FAR, NEAR, Definition
from derive.checking.interpretations.departures import GUESSED_RANK, Departures, Hypothesis
from derive.checking.interpretations.interpretation import Interpretation

__all__ = ["CHANGES", "FAR", "GUESSED_RANK", "NEAR", "Definition", "Departures", "Hypothesis", "Interpretation"]
