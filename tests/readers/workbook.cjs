// node workbook.cjs FILE: what SheetJS and ExcelJS read of every cell, its value and its formula, as JSON.
const path = process.argv[2];
const sheetjs = {}, exceljs = {};
const book = require("xlsx").readFile(path, { cellFormula: true });
for (const name of book.SheetNames)
  for (const [at, cell] of Object.entries(book.Sheets[name]))
    if (at[0] !== "!") sheetjs[`${name}!${at}`] = [cell.v ?? null, cell.f ?? null];
const excel = new (require("exceljs").Workbook)();
excel.xlsx.readFile(path).then(() => {
  excel.eachSheet((sheet) => sheet.eachRow((row) => row.eachCell((cell) => {
    const value = cell.formula ? cell.result : cell.value;
    if (!cell.isMerged || cell.master === cell)
      exceljs[`${sheet.name}!${cell.address}`] = [value?.richText ? cell.text : value ?? null, cell.formula ?? null];
  })));
  console.log(JSON.stringify({ sheetjs, exceljs }));
});
