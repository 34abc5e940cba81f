"""Spreadsheets of the derivation: build and audit."""
