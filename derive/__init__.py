"""Symbolic derivation of small networks: derive, check, train, print."""
