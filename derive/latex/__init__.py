"""Prints a walkthrough as LaTeX: forward pass, every gradient step by step, update rule, worked example."""

from derive.latex.document import to_latex

__all__ = ["to_latex"]
