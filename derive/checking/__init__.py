"""Checking what a person derived: a document is judged by what it says itself."""

from pathlib import Path

from derive.checking.examination import examine
from derive.checking.files import check_files, check_many
from derive.checking.lenders import HasNetwork, lenders
from derive.checking.report import Checked, Examined, Report, Summary, Understood
from derive.checking.snippets import check_snippets
from derive.documents import read_layout
from derive.documents.files import read_document
from derive.network import Network

__all__ = [
    "Checked", "Examined", "Report", "Summary", "Understood", "check", "check_files", "check_many", "check_snippets",
]  # fmt: skip


def check(text: str | Path, walkthrough: "Network | HasNetwork | None" = None, file: str = "") -> tuple[Checked, ...]:
    """Every equality of a derivation with its verdict, in the text's order.

    The document is judged by its own equations; a walkthrough lends only what it uses and leaves undefined. `file`
    stands in each verdict, and its ending tells the kind of document. A Path is the document in that file: DeriveError
    where it cannot be read.
    """
    if isinstance(text, Path):
        return examine(*read_document(str(text)), lenders(walkthrough), file or str(text)).checked
    return examine(text, read_layout(text, file), lenders(walkthrough), file).checked
