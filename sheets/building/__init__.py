"""Writes a walkthrough's workbook: what stands where, the frame, the trained rows, the finished file."""
