"""A file's bytes to its text and layout: the encoding is found out, what is no document is refused in one line."""

import sys
from pathlib import Path

from derive.documents.layout import Layout, Line
from derive.documents.lines import read_layout
from derive.documents.notebooks import Cell, broken, cells, is_notebook
from derive.documents.word import is_word, read_word, word_text
from derive.errors import DeriveError

MOST_BYTES = 8_000_000
_MOST_PACKED = 100_000_000
"""Of a document of Word's, whose pictures are packed with it."""
_PACKED = b"PK\x03\x04"
_LONGEST_LINE = 200_000
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_KINDS = "plain text, Markdown, LaTeX, HTML, a notebook or a document of Word's"


def read_document(path: str) -> tuple[str, Layout]:
    """The text of a file, `-` for standard input, with ends of lines as `\\n`, and its layout.

    DeriveError: a folder, an unreadable, empty, too big or binary file, one with a line that nobody wrote.
    """
    where = "standard input" if path == "-" else path
    content = _bytes(path)
    if is_word(content) and len(content) <= _MOST_PACKED:
        return read_word(content, where, MOST_BYTES)
    source = decoded(content, where)
    layout = read_layout(source, "" if path == "-" else Path(path).name.lower())
    longest = max((len(line.text) for line in layout if isinstance(line, Line)), default=0)
    if longest > _LONGEST_LINE:
        raise DeriveError(where, f"has a line of {longest:,} characters", f"at most {_LONGEST_LINE:,} are read")
    return source, layout


def unreadable(source: str, path: str) -> str:
    """Why nothing was found in a document that is not what its name says, in words; empty where it is."""
    ending = Path(path).suffix.lower()
    if ending == ".ipynb":
        return broken(source)
    return "is no document of Word's" if ending == ".docx" and not is_word(_bytes(path)) else ""


KINDS = (".docx", ".htm", ".html", ".ipynb", ".md", ".py", ".tex", ".txt")
"""How the names of documents end, by which they are found in a folder."""


def documents_in(folder: str) -> tuple[str, ...]:
    """The documents in a folder and in those within it, hidden ones left out, in the order of their names."""
    found = (file for file in Path(folder).rglob("*") if file.suffix.lower() in KINDS and file.is_file())
    seen = (file for file in found if not any(part.startswith(".") for part in file.relative_to(folder).parts))
    return tuple(map(str, sorted(seen)))


def document_text(name: str, content: bytes) -> str:
    """The text of a file's bytes, as somebody edits it: a notebook's cells, a Word document's paragraphs.

    Its formulas and programs stand between marks, so that it is read as the file is. DeriveError where it is damaged.
    """
    if is_word(content):
        return word_text(content, name, MOST_BYTES)
    source = decoded(content, name)
    return "\n\n".join(map(_cell_text, cells(source))) if is_notebook(source, name.lower()) else source


def _cell_text(cell: Cell) -> str:
    return f"```python\n{cell.text.text}\n```" if cell.is_code else cell.text.text


def read_source(path: str) -> str:
    """The text of a file, `-` for standard input, with ends of lines as `\\n`.

    DeriveError: a folder, an unreadable, empty, too big or binary file.
    """
    return decoded(_bytes(path), "standard input" if path == "-" else path)


def _bytes(path: str) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    if Path(path).is_dir():
        raise DeriveError(path, "is a folder", "name the files in it")
    try:
        with open(path, "rb") as file:
            content = file.read(MOST_BYTES + 1)
            return content + file.read(_MOST_PACKED - MOST_BYTES) if content.startswith(_PACKED) else content
    except (OSError, ValueError) as error:
        told = getattr(error, "strerror", None) or str(error)
        raise DeriveError(path, f"cannot be read: {told.lower()}") from None


def decoded(content: bytes, where: str) -> str:
    """The text of bytes: by their mark, as UTF-8, as UTF-16 without a mark, else as Windows-1252."""
    if len(content) > MOST_BYTES:
        raise DeriveError(where, f"is larger than {MOST_BYTES // 1_000_000} MB", "no derivation is: check its parts")
    if not content.strip():
        raise DeriveError(where, "is empty")
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _decoded(content, encoding, where)
    if content[:5] in (b"%PDF-", b"{\\rtf") or content[:4] in (_PACKED, b"\x89PNG", b"GIF8", b"\xd0\xcf\x11\xe0"):
        raise DeriveError(where, "is not a text", f"save it as {_KINDS}")
    if b"\x00" in content[:4096]:
        if not _is_wide(content):
            raise DeriveError(where, "is not a text", f"give {_KINDS}")
        return _decoded(content, "utf-16-le", where)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    strange = sum(char < " " and char not in "\t\n\r\f" for char in text) + text.count("\ufffd")
    if strange > len(text) / 100:
        raise DeriveError(where, "is not a text", f"give {_KINDS}")
    return _lines(text)


def _is_wide(content: bytes) -> bool:
    """Whether every other byte is zero: UTF-16 without its mark."""
    head = content[:4096]
    return len(head) > 1 and head[1::2].count(0) > 0.7 * len(head[1::2]) and head[::2].count(0) == 0


def _decoded(content: bytes, encoding: str, where: str) -> str:
    try:
        return _lines(content.decode(encoding))
    except UnicodeDecodeError:
        raise DeriveError(where, f"is not valid {encoding.removesuffix('-sig')}", "save it as UTF-8") from None


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\u2028", "\n")
