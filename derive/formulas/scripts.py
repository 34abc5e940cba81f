"""What stands below and above a name, as trees of its own: `W_{ij}^{(l+1)}` is W with i, j below and l + 1 above."""

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from derive.formulas.arguments import COMMAND, argument
from derive.formulas.names import BRACKETED, LOWERED, SUPERSCRIBED, Labels, read_name
from derive.formulas.signs import DECORATIONS, SUBSCRIPTS, WRAPPERS
from derive.formulas.syntax import Node
from derive.formulas.tokens import Token, token_at, tokens_of
from derive.formulas.vocabulary import key

_LOWERED = re.compile(f"[{''.join(map(chr, SUBSCRIPTS))}]+")
_FACES = re.compile(r"\\(?:rm|it|bf|sf|tt|cal)(?![A-Za-z]) *")
_BRACED = re.compile(r"\{([_^](?:\w|\{[^{}]*\}|\\[A-Za-z]+))\s*\}")
_UPRIGHT = re.compile(r"\\(?:rm|text|mathrm|textrm|mbox|operatorname)(?![A-Za-z])[ {]*[A-Za-z]{2}[^,{}]*\}*\Z")
_PLAIN = re.compile(r"[^\W\d_]+\d*|\d+|\([^()]*\)")


def scripts_of(source: str, shown: bool) -> tuple[str, tuple[Node, ...]]:
    """The letter of a name alone, as its key, and its scripts; ("", ()) where it has none that can be read."""
    plain = _LOWERED.sub(lambda match: "_{" + match[0].translate(SUBSCRIPTS) + "}", source.strip())
    plain = SUPERSCRIBED.sub(lambda match: f"^{{({match[1].translate(LOWERED)})}}", _BRACED.sub(r"\1", plain))
    if not any(sign in plain for sign in "_^["):
        return "", ()
    sign = "d" if plain.startswith("d\\") else ""  # d\hat{x}_j is a name as dx_j is
    core, found = _parted(plain.removeprefix(sign), shown)
    read = read_name(core, 0, shown, Labels()) if core else None
    if read is None or read[1] < len(core):
        return "", ()
    scripts: list[Node] = []
    for place, content in found:
        upright = _UPRIGHT.match(content.strip("{ "))
        content = _FACES.sub("", content)
        indices = (
            tuple(_indices(tokens_of(content, ((0, len(content)),))))
            if upright is None
            else (Node("word", (), content),)
        )
        if not indices:
            return "", ()
        kind = "above" if place == "^" else "below"
        if scripts and scripts[-1].kind == kind:  # y_pred_i is y_{pred,i}
            last = scripts.pop()
            indices, content = (*last.parts, *indices), f"{last.value},{content.strip()}"
        scripts.append(Node(kind, indices, content.strip(), order=int(place == "[")))
    return sign + key(read[0]), tuple(scripts)


def _parted(text: str, shown: bool) -> tuple[str, list[tuple[str, str]]]:
    """A name's source without its scripts, and these with their signs."""
    place = 0
    scripts: list[tuple[str, str]] = []
    core = ""
    match = COMMAND.match(text)
    if match is not None:
        place = match.end()
        core = text[:place]
        if match[1] in DECORATIONS or match[1] in WRAPPERS:
            start, stop, place = argument(text, place)
            inner, scripts = _parted(text[start:stop].strip(), True)
            core = f"{core}{{{inner}}}" if match[1] in DECORATIONS else inner
    elif text.startswith("{"):
        start, stop, place = argument(text, 0)
        core, scripts = _parted(_FACES.sub("", text[start:stop].strip()), True)
    else:
        while place < len(text) and text[place] not in "_^ {\\[":
            place += 1
        core = text[:place]
    while place < len(text):
        sign = text[place]
        if sign in " ":
            place += 1
            continue
        if (index := BRACKETED.match(text, place)) is not None:
            scripts.append((sign, index[0][1:-1]))
            place = index.end()
            continue
        if sign not in "_^":
            return "", []
        if text[place + 1 : place + 2] in ("{", "\\", " ") or (shown and sign == "^"):
            start, stop, place = argument(text, place + 1)
        else:
            word = _PLAIN.match(text, place + 1)
            if word is None:
                return "", []
            start, stop, place = word.start(), word.end(), word.end()
            if shown:
                stop = place = word.start() + 1
        scripts.append((sign, text[start:stop]))
    return core, scripts


def _indices(tokens: Sequence[Token]) -> Iterator[Node]:
    """The indices of one script: letters, numbers, l + 1, each perhaps in brackets; a word stays one piece,
    and i + k is foreign.
    """
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.kind in ("OPEN", "CLOSE", "COMMA"):
            place += 1
            continue
        if token.kind == "TEXT":
            place += 1
            yield Node("word", (), token.value.strip())
            continue
        if token.kind not in ("WORD", "NUMBER"):
            return
        made = Node("name" if token.kind == "WORD" else "number", (), token.value)
        if token.kind == "WORD" and token_at(tokens, place + 1).kind == "PRIME":
            place += 1
            made = replace(made, value=token.value + "′" * len(tokens[place].value))
        if (
            place + 2 < len(tokens)
            and tokens[place + 1].kind in ("PLUS", "MINUS")
            and tokens[place + 2].kind == "NUMBER"
        ):
            step = Node("number", (), tokens[place + 2].value)
            made = Node("sum", (made, step if tokens[place + 1].kind == "PLUS" else Node("negative", (step,))))
            place += 2
        elif token_at(tokens, place + 1).kind in ("PLUS", "MINUS"):
            yield Node("foreign", (), "an index of several letters")  # i + k is not i, nor is it i - k
            return
        place += 1
        yield made
