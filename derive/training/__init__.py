"""Trains a walkthrough: formulas as straight-line code, and the rows that updates give."""

from derive.training.training import Training, train, train_formulas

__all__ = ["Training", "train", "train_formulas"]
