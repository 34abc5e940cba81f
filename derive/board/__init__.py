"""A derivation as a person writes it on the board: step by step, as vectors for wide layers, as lines of text."""
