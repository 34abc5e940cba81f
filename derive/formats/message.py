"""One verdict in one line of plain text, as every format has it."""

from derive.checking import Checked

OPEN = ("refuted", "undecided", "not-understood")
"""The verdicts that somebody should look at."""


def message(one: Checked) -> str:
    """`∂E/∂w6 = …: out_h1 stands where out_h2 belongs; right: …`, whatever of it is known."""
    slip = (one.slip or "").partition(": ")[2] or one.slip
    told = [slip or one.reason, f"right: {one.correct}" if one.correct else ""]
    return " ".join(f"{one.text.strip()} is {one.verdict.replace('-', ' ')}: {'; '.join(filter(None, told))}".split())
