"""Writes an exercise: a worksheet with empty columns that checks itself while it is filled."""








