"""Derives a network: the slope of each link by SymPy, then backwards once from the loss."""
