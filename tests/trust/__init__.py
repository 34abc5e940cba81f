"""The trust report: every promise of docs/trust.md tried on many cases, against things that we did not make."""
