// node recalculate.mjs: reads {sheet: [[cell]]} and writes the same with the values that HyperFormula computes.
import { readFileSync } from "node:fs";
import { HyperFormula } from "hyperformula";

const options = { licenseKey: "gpl-v3", smartRounding: false, precisionRounding: 15 };
const engine = HyperFormula.buildFromSheets(JSON.parse(readFileSync(0, "utf8")), options);
process.stdout.write(JSON.stringify(engine.getAllSheetsValues()));
