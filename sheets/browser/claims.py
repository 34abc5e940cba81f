"""The claims of a text as the page shows them."""

from typing import Any

import derive
from derive.checking.slips import SLIPS
from derive.defined_network import defined_network
from derive.documents.files import document_text
from derive.mathml import as_mathml
from derive.tex import typeset
from sheets.browser.exchange import Files, Given, as_drawing


def check(given: Given, files: Files) -> Any:
    """The verdict on every equality of a text, with both sides and what is right as MathML."""
    found = derive.check(given["text"], given.get("network") or None)
    network = defined_network(found)
    return {"claims": [as_claim(one) for one in found], "summary": repr(found).strip("<>"),
            "network": None if network is None else as_drawing(network)}


def as_claim(one: Any) -> dict[str, Any]:
    """A claim with its verdict, its sides and what is right as TeX and MathML, and a hint at its slip."""
    tex = typeset(one)
    both = f"{tex.left} = {tex.right}" if tex.left and tex.right else None
    kind = SLIPS.get((one.slip or "").partition(":")[0])
    return {**one.as_json(), "hint": kind and kind.message, "tex": both, "correct_tex": tex.correct,
            "mathml": both and as_mathml(both), "correct_mathml": tex.correct and as_mathml(tex.correct)}  # fmt: skip


def read(given: Given, files: Files) -> Any:
    """The text of a document: plain, a notebook's cells, a Word document's paragraphs and equations."""
    name, content = files[0]
    return {"name": name, "text": document_text(name, bytes(content))}
