"""The page's text: template, style and scripts in one document that says in its head what it may load."""

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

from msgspec import Struct

from derive.page.modules import Modules
from derive.page.pins import OURS, RUNTIME, STANDARD, WHEELS
from derive.page.supplies import Supplies

MARK = "<!DOCTYPE html>\n<!-- derive page -->\n"
_WEB = Path(__file__).parent / "web"
_STYLE = re.compile(r'<link rel="stylesheet" href="([\w.]+)">')
_SCRIPT = re.compile(r'<script src="([\w.]+)"></script>')
_POLICY = (
    "default-src 'none'; script-src {scripts} 'wasm-unsafe-eval' blob:; style-src {styles}; worker-src {workers}; "
    "connect-src {connect}; img-src data:; base-uri 'none'; form-action 'none'"
)


class Part(Struct, frozen=True):
    """A file that Python in the page needs, compressed; `name` is what the worker calls it."""

    name: str
    packed: bytes

    @property
    def sha256(self) -> str:
        """As a browser's `integrity` has it."""
        return f"sha256-{base64.b64encode(hashlib.sha256(self.packed).digest()).decode()}"

    @property
    def address(self) -> str:
        """Its file in a site: another content is another file, so that a browser may keep it for good."""
        return f"parts/{self.name}.{hashlib.sha256(self.packed).hexdigest()[:12]}.bin"


def parts(supplies: Supplies, modules: Modules) -> tuple[Part, ...]:
    """The runtime's files and our modules."""
    read = {name: (supplies.runtime / name).read_bytes() for name, _ in RUNTIME.files}
    read |= {STANDARD: modules.standard, "modules.zip": modules.ours}
    return tuple(Part(name, gzip.compress(content, 9, mtime=0)) for name, content in read.items())


def one_file(made: tuple[Part, ...], modules: Modules) -> str:
    """The page with everything in it."""
    listed = {part.name: None for part in made}
    texts = ((part.name, base64.b64encode(part.packed).decode()) for part in made)
    kind = "application/octet-stream"
    inside = "".join(f'<script type="{kind}" data-part="{name}">{text}</script>\n' for name, text in texts)
    return _page(modules, {"parts": listed}, inside, connect="'none'", workers="blob:")


def site(made: tuple[Part, ...], modules: Modules) -> dict[str, bytes]:
    """The files of a folder for a web space, by their paths in it."""
    listed = {part.name: {"address": part.address, "integrity": part.sha256} for part in made}
    page = _page(modules, {"parts": listed}, "", connect="'self'", workers="'self' blob:").encode()
    kept = json.dumps(["./", *(part.address for part in made)])
    edition = hashlib.sha256(page).hexdigest()[:12]
    service = (_WEB / "service.js").read_text(encoding="utf-8").replace("KEPT", kept).replace("EDITION", edition)
    return {"index.html": page, "service.js": service.encode(), **{part.address: part.packed for part in made}}


def _page(modules: Modules, about: Mapping[str, object], inside: str, *, connect: str, workers: str) -> str:
    template = (_WEB / "index.html").read_text(encoding="utf-8").removeprefix("<!DOCTYPE html>\n")
    styles, scripts = list[str](), list[str]()
    page = _STYLE.sub(_inlined("style", styles), template)
    page = _SCRIPT.sub(_inlined("script", scripts), page)
    policy = _POLICY.format(scripts=" ".join(scripts), styles=" ".join(styles), connect=connect, workers=workers)
    known = {
        **about,
        "python": {"version": RUNTIME.python, "platform": RUNTIME.platform, "abi": RUNTIME.abi},
        "licences": _licences(modules),
    }
    worker = (_WEB / "worker.js").read_text(encoding="utf-8")
    blocks = _block("about", "application/json", json.dumps(known)) + _block("worker", "text/plain", worker) + inside
    page = page.replace("<!-- policy -->", f'<meta http-equiv="Content-Security-Policy" content="{policy}">')
    return MARK + page.replace("<!-- parts -->", blocks)


def _licences(modules: Modules) -> list[dict[str, str]]:
    texts = dict(modules.licences)
    ours = {"name": " and ".join(OURS), "version": version("derive-sheets"), "licence": "MIT", "text": ""}
    runtime = {"name": RUNTIME.name, "version": RUNTIME.version, "licence": RUNTIME.licence, "text": ""}
    return [ours, runtime, *({"name": w.name, "version": w.version, "licence": w.licence, "text": texts[w.name]}
                             for w in WHEELS)]


def _inlined(tag: str, hashes: list[str]) -> Callable[[re.Match[str]], str]:
    """The file that a tag names, within it; its hash is added to those that the page may run."""

    def inline(match: re.Match[str]) -> str:
        text = f"\n{(_WEB / match.group(1)).read_text(encoding='utf-8')}"
        assert f"</{tag}" not in text, f"{match.group(1)} ends its own element"
        hashes.append(f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'")
        return f"<{tag}>{text}</{tag}>"

    return inline


def _block(name: str, kind: str, text: str) -> str:
    """Data in the page; `<` is written so that no text ends the block."""
    if kind == "application/json":
        text = text.replace("<", "\\u003c")
    assert "</script" not in text, f"{name} ends its own element"
    return f'<script type="{kind}" id="{name}">{text}</script>\n'
