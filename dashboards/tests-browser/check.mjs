// Opens every kind of page of a running collector in headless Chromium: three languages, light and
// dark, wide and narrow, with and without script. Usage: node check.mjs http://127.0.0.1:8080/
// Prints each failure and the closing line "N passed, N failed".
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const base = process.argv[2]?.replace(/\/$/, "");
if (!base) {
  console.error("usage: node check.mjs http://ADDRESS:PORT/");
  process.exit(2);
}
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const languages = ["kk", "ru", "en"];
const schemes = ["light", "dark"];
const widths = [1100, 360];
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

let passed = 0;
let failed = 0;

const json = async (path) => {
  const answer = await fetch(base + path);
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return answer.json();
};

/** One address of every kind of page, taken from what the collector really holds. */
async function kinds() {
  const matrix = await json("/api/v1/matrix");
  const words = [...new Set(matrix.cells.map((cell) => cell.word))];
  const slug = (target) => matrix.sites.find((site) => site.target === target).slug;
  const paths = ["", "methods/", "there-is-no-such-page/"];
  for (const word of words) {
    const cell = matrix.cells.find((one) => one.word === word);
    paths.push(`e/${cell.provider}/${slug(cell.target)}/`);
  }
  const sure = matrix.cells.find((cell) => cell.word === "confirmed") ?? matrix.cells[0];
  paths.push(`p/${sure.provider}/`, `s/${slug(sure.target)}/`);
  const evidence = await json(`/api/v1/evidence/${sure.provider}/${slug(sure.target)}`);
  paths.push(`m/${evidence.measurements[0].id}`);
  return { paths, demo: matrix.demo };
}

/** Everything that is wrong with one page as it is now. */
async function faults(page, script) {
  const found = await page.evaluate(() => {
    const wrong = [];
    const over = document.documentElement.scrollWidth - window.innerWidth;
    if (over > 0) wrong.push(`the page is ${over} px wider than the window`);
    if (!document.querySelector("h1")) wrong.push("no h1");
    if (!document.querySelector("[data-demo]")) wrong.push("nothing says that the data are invented");
    for (const link of document.querySelectorAll("nav a[hreflang]")) {
      if (!link.getAttribute("href")) wrong.push("a language link leads nowhere");
    }
    if (document.querySelectorAll("nav a[hreflang]").length < 3) wrong.push("not all languages are linked");
    return wrong;
  });
  if (script) {
    await page.evaluate(axe);
    const report = await page.evaluate((tags) => axe.run({ runOnly: tags }), rules);
    for (const violation of report.violations) {
      found.push(`${violation.id}: ${violation.nodes[0]?.html.slice(0, 120)}`);
    }
  }
  return found;
}

async function look(browser, path, language, scheme, width, script) {
  // The page's own policy forbids scripts; the checker's must run in spite of it.
  const context = await browser.newContext({
    colorScheme: scheme,
    viewport: { width, height: 900 },
    bypassCSP: true,
    javaScriptEnabled: true,
  });
  const page = await context.newPage();
  const foreign = [];
  await page.route("**/*", (route) => {
    const url = route.request().url();
    if (!url.startsWith(base)) {
      foreign.push(url);
      return route.abort();
    }
    // Without script: nothing that the page itself carries may run.
    return !script && route.request().resourceType() === "script" ? route.abort() : route.continue();
  });
  const wrong = [];
  try {
    const answer = await page.goto(`${base}/${language}/${path}`, { waitUntil: "load" });
    const expected = path.startsWith("there-is-no-such") ? 404 : 200;
    if (answer.status() !== expected) wrong.push(`status ${answer.status()} instead of ${expected}`);
    const policy = answer.headers()["content-security-policy"] ?? "";
    if (!policy.includes("default-src 'none'")) wrong.push("no strict content security policy");
    const lang = await page.getAttribute("html", "lang");
    if (lang !== language) wrong.push(`lang is ${lang}`);
    wrong.push(...(await faults(page, script)));
  } catch (error) {
    wrong.push(String(error).split("\n")[0]);
  }
  wrong.push(...foreign.map((url) => `asks elsewhere: ${url}`));
  await context.close();
  if (wrong.length === 0) {
    passed += 1;
    return;
  }
  failed += 1;
  const where = `/${language}/${path} ${scheme} ${width} px ${script ? "with" : "without"} script`;
  console.log(`FAILED ${where}\n  ${wrong.join("\n  ")}`);
}

const { paths } = await kinds();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
for (const path of paths) {
  for (const language of languages) {
    for (const scheme of schemes) {
      for (const width of widths) {
        await look(browser, path, language, scheme, width, true);
      }
    }
    await look(browser, path, language, "light", 360, false);
  }
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
