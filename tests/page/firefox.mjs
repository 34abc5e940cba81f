// The one file in Firefox, by WebDriver BiDi: node firefox.mjs FOLDER-OF-node_modules FIREFOX ADDRESS TEXT
// prints what was seen as JSON.
import { createRequire } from "node:module";

const [modules, executablePath, address, text] = process.argv.slice(2);
const { launch } = createRequire(`${modules}/x.js`)("puppeteer-core");
const browser = await launch({ browser: "firefox", executablePath, headless: true, args: ["--no-remote"] });
try {
  const page = await browser.newPage();
  const asked = [];
  const faults = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("pageerror", (error) => faults.push(String(error)));
  await page.goto(address, { waitUntil: "domcontentloaded", timeout: 240_000 });
  await page.type("#check-text", text);
  await page.waitForSelector("#check-claims > li.refuted", { timeout: 240_000 });
  const verdicts = await page.$$eval("#check-claims > li", (items) => items.map((item) => item.className));
  const typeset = await page.$$eval("#check-claims math", (items) => items.length);
  await page.click("#tab-make");
  await page.waitForSelector("#make-steps > li", { timeout: 240_000 });
  console.log(JSON.stringify({ verdicts, typeset, faults, asked: asked.filter((url) => !/^(blob|data):/.test(url)) }));
} finally {
  await browser.close();
}
