"""Where an equality stands in the source, and its text as it stands there."""

import re

from msgspec import Struct

from derive.checking.members import Member
from derive.checking.report import Checked
from derive.reading.traced import Lines

_MARKUP = re.compile(r"</?[A-Za-z]|&#?\w{2,8};|`|\*\*\s*=|=\s*\*\*")
"""What hides a formula from its reader: tags, entities, the marks of code and of bold type around a sign."""


class Places(Struct, frozen=True):
    """A source and its lines."""

    source: str
    file: str
    lines: Lines

    def between(self, left: Member, right: Member) -> Checked:
        line, column = self.lines.place(right.traced.place(0))
        start, end = left.traced.place(0), right.traced.place(len(right.traced) - 1) + 1
        while self.source[end : end + 1] == "}" and self.source.count("{", start, end) > self.source.count(
            "}", start, end
        ):
            end += 1
        text = " ".join(self.source[start:end].split()) if start < end else ""
        if "=" not in text or "\n" in self.source[start:end].strip() or _MARKUP.search(text):
            text = f"{left.text} = {right.text}"
        return Checked(self.file, line, column, text, "undecided", left=left.text, right=right.text)

    def in_words(self, left: Member, words: str) -> Checked:
        line, column = self.lines.place(left.traced.place(0))
        text = f"{left.text} = {words}"
        return Checked(self.file, line, column, text, "definition", left.text, words, reason="explained in words")

    def without_right(self, left: Member) -> Checked:
        line, column = self.lines.place(left.traced.place(0))
        behind = self.source[left.traced.place(len(left.traced) - 1) + 1 :].partition("\n")[0].strip(" \t=:$`*_\\<>|")
        reason = "what stands behind the = is not read" if behind else "nothing stands behind the ="
        return Checked(self.file, line, column, f"{left.text} =", "not-understood", left.text, "", reason=reason)
