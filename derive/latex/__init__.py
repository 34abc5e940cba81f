"""Prints a walkthrough as LaTeX, slides, an exercise sheet or Markdown."""

from derive.latex.document import to_exercise, to_latex, to_markdown, to_slides

__all__ = ["to_exercise", "to_latex", "to_markdown", "to_slides"]
