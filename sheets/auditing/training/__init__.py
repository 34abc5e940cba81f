"""Audits a training in any layout, from the graph of its cells: the update is what makes a training."""
