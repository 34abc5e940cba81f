// node formulas.cjs: reads {"macros": {name: body}, "displays": [latex]} and renders each with KaTeX and with MathJax.
const { macros, displays } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const katex = require("katex");
const { mathjax } = require("mathjax-full/js/mathjax.js");
const { TeX } = require("mathjax-full/js/input/tex.js");
const { SVG } = require("mathjax-full/js/output/svg.js");
const { liteAdaptor } = require("mathjax-full/js/adaptors/liteAdaptor.js");
const { RegisterHTMLHandler } = require("mathjax-full/js/handlers/html.js");
const { AllPackages } = require("mathjax-full/js/input/tex/AllPackages.js");
RegisterHTMLHandler(liteAdaptor());
const arguments_ = (body) => Math.max(0, ...[...body.matchAll(/#(\d)/g)].map((found) => +found[1]));
const known = Object.fromEntries(Object.entries(macros).map(([name, body]) =>
  [name, arguments_(body) ? [body, arguments_(body)] : body]));
const page = mathjax.document("", { InputJax: new TeX({
  packages: AllPackages.filter((name) => name !== "noerrors" && name !== "noundefined"), macros: known,
  formatError: (jax, error) => { throw error; } }), OutputJax: new SVG({ fontCache: "none" }) });
const faults = [], html = [];
for (const display of displays) {
  try {
    html.push(katex.renderToString(display, { displayMode: true, throwOnError: true, strict: "error",
      macros: Object.fromEntries(Object.entries(macros).map(([name, body]) => [`\\${name}`, body])) }));
  } catch (error) { faults.push(`KaTeX: ${error.message}`); }
  try { page.convert(display, { display: true }); } catch (error) { faults.push(`MathJax: ${error.message}: ${display}`); }
}
console.log(JSON.stringify({ faults, html }));
