"""Writes an exercise: a worksheet with empty columns that checks itself while it is filled."""

from sheets.exercise.blanks import Blank, blanks_of
from sheets.exercise.exercise import ROWS, Exercise, Maker, prepare
from sheets.exercise.handout import hand_out
from sheets.exercise.key import Key, key_in, read_key
from sheets.exercise.sheet import write_exercise

__all__ = ["ROWS", "Blank", "Exercise", "Key", "Maker", "blanks_of", "hand_out", "key_in", "prepare", "read_key",
           "write_exercise"]  # fmt: skip
