"""The words of a document: which are names, which functions, and which are products of names written together."""

from derive.formulas.vocabulary.conditionals import conditional
from derive.formulas.vocabulary.labels import labels_of
from derive.formulas.vocabulary.uses import HARDLY_NAMES, is_before_formula, is_dash, vocabulary_of
from derive.formulas.vocabulary.words import (
    DIFFERENTIALS,
    FURTHER,
    INVERSES,
    OF_VECTORS,
    SEQUENCED,
    SLOPED,
    Vocabulary,
    is_known,
    is_wordlike,
    key,
)

__all__ = [
    "DIFFERENTIALS",
    "FURTHER",
    "HARDLY_NAMES",
    "INVERSES",
    "OF_VECTORS",
    "SEQUENCED",
    "SLOPED",
    "Vocabulary",
    "conditional",
    "is_before_formula",
    "is_dash",
    "is_known",
    "is_wordlike",
    "key",
    "labels_of",
    "vocabulary_of",
]
