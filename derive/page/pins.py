"""What is inside the page besides ourselves: each package with its version, its licence, the SHA-256 of each file."""

from msgspec import Struct


class Wheel(Struct, frozen=True):
    """A package from PyPI: pip takes the file with this SHA-256 and no other."""

    name: str
    version: str
    licence: str
    sha256: str


class Runtime(Struct, frozen=True):
    """The package from npm that is Python itself, compiled for browsers; `files` maps those used to their SHA-256."""

    name: str
    version: str
    licence: str
    python: str
    abi: str
    platform: str
    files: tuple[tuple[str, str], ...]


STANDARD = "python_stdlib.zip"
"""The runtime's file that holds Python's own modules, as source: they are compiled like ours."""

RUNTIME = Runtime(
    "pyodide", "314.0.7", "MPL-2.0 (Python: PSF-2.0)", "3.14", "2026_0", "emscripten_5_0_3",
    (
        ("pyodide.mjs", "6f1d60f7bf529beb300f0f47983c921d3982363640ba20af0e38efdddbc66109"),
        ("pyodide.asm.mjs", "f7cdc8ece80678ceb712f8e65ebe6d3a83203a180c399865f49612a051693635"),
        ("pyodide.asm.wasm", "cc36e3cab04fdfc9a63ff13eb52eae2b911bf46c025cc7b281f394bd3de1d5e6"),
        (STANDARD, "fa1957e5777068fc4f7437f96d860ae2fbe9c19732ba06c84e004ec16dd7dd7a"),
    ),
)  # fmt: skip

WHEELS = (
    Wheel("sympy", "1.14.0", "BSD-3-Clause", "e091cc3e99d2141a0ba2847328f5479b05d94a6635cb96148ccb3f34671bd8f5"),
    Wheel("mpmath", "1.3.0", "BSD-3-Clause", "a0b2b9fe80bbcd81a6647ff13108738cfb482d481d826cc0e02f5b35e5c88d2c"),
    Wheel("lark", "1.3.1", "MIT", "c629b661023a014c37da873b4ff58a817398d12635d3bbb2c5a03be7fe5d1e12"),
    Wheel("click", "8.5.1", "BSD-3-Clause", "8bb5376d2006950386f8c6427613334a2acadc5f559cb80e638d00b4df957e37"),
    Wheel("msgspec", "0.22.0", "BSD-3-Clause", "a66b1766311e42371e509c996c3933b161c7ae0eabdf361af5316dec197e1022"),
    Wheel("openpyxl", "3.1.5", "MIT", "5282c12b107bffeef825f4617dc029afaf41d0ea60823bbb665ef3079dc79de2"),
    Wheel("et_xmlfile", "2.0.0", "MIT", "7a91720bc756843502c3b7504c77b8fe44217c85c537d85037f0f536151b2caa"),
    Wheel("latex2mathml", "3.81.1", "MIT", "c337668441b71c819b6733905a8058ba9a9d767bae11a0c5fdacb3aff31361bd"),
)

OURS = ("derive", "sheets")
"""Our own packages, taken from where this program runs: the page is the version that wrote it."""

LEFT_OUT = (
    "sympy/categories", "sympy/crypto", "sympy/diffgeom", "sympy/holonomic", "sympy/liealgebras",
    "sympy/parsing/autolev", "sympy/parsing/c", "sympy/parsing/fortran", "sympy/parsing/latex", "sympy/physics",
    "sympy/stats", "sympy/testing", "sympy/utilities/_compilation",
    "sympy/utilities/mathml/data", "sympy/vector", "derive/page",
)  # fmt: skip
"""Folders that nothing of ours loads; tests, benchmarks and the like are left out wherever they stand."""
