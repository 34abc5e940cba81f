"""Excel's formulas and SymPy's expressions: each to the other, and what a spreadsheet computes of them."""
