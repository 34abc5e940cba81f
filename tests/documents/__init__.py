"""Documents whose truth is known: random networks, derived by SymPy, in the names and notations of random people.

`write(seed)` gives a document in which every line is right; `slipped(document, seed)` one in which one line is not.
"""
