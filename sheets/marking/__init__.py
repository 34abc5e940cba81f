"""Marks a copy of somebody's workbook: what is wrong coloured and commented in place, everything else as it was."""

from sheets.marking.mark import mark_file, marked_bytes
from sheets.marking.note import Note, notes_of
from sheets.marking.reports import mark_reports

__all__ = ["Note", "mark_file", "mark_reports", "marked_bytes", "notes_of"]
