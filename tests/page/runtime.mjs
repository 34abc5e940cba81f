// Runs tests inside the runtime of the page, under node: node runtime.mjs RUNTIME MODULES.zip REPOSITORY PACKAGES PYTEST-ARGUMENTS...
import fs from "node:fs";
import { pathToFileURL } from "node:url";

const [runtime, modules, repository, packages, ...given] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${runtime}/pyodide.mjs`));
const python = await loadPyodide({ indexURL: runtime, env: { HOME: "/tmp", NO_COLOR: "1", COLUMNS: "400" } });
for (const [at, root] of [["/repository", repository], ["/packages", packages]]) {
  python.FS.mkdir(at);
  python.FS.mount(python.FS.filesystems.NODEFS, { root }, at);
}
python.unpackArchive(new Uint8Array(fs.readFileSync(modules)), "zip", { extractDir: "/modules" });
python.globals.set("given", python.toPy(given));
process.exitCode = python.runPython(`
import os, sys
# the page's own modules first, then the tests, whose packages derive and sheets are thereby not the repository's
sys.path[:0] = ["/modules", "/packages"]
sys.path.append("/repository")
sys.dont_write_bytecode = True
os.chdir("/repository")
import derive, sheets
assert derive.__file__.startswith("/modules"), derive.__file__
import pytest
int(pytest.main(["-p", "no:cacheprovider", *given]))
`);
