"""Grades the hand-ins of a class: workbooks by the audit, texts by the check, points by a rubric."""

from sheets.grading.grade import Graded, Order, grade_many, grade_one
from sheets.grading.rubric import Rubric, default_rubric, read_rubric

__all__ = ["Graded", "Order", "Rubric", "default_rubric", "grade_many", "grade_one", "read_rubric"]
