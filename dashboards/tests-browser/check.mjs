// Opens every kind of page of a running collector, in three languages, light and dark, wide and
// narrow, with script on and off, and fails on anything that keeps a reader out:
//
//   node check.mjs http://127.0.0.1:8080/ [--real]
//
// Without --real the pages must say that their data are invented. Needs Debian's Chromium.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const [address, ...options] = process.argv.slice(2);
if (!address) {
  console.error('usage: node check.mjs ADDRESS [--real]');
  process.exit(2);
}
const base = new URL(address);
const demo = !options.includes('--real');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const LANGUAGES = ['kk', 'ru', 'en'];
const SCHEMES = ['light', 'dark'];
const WIDTHS = [1100, 360];
// Between the two, and the narrowest that WCAG 1.4.10 asks for.
const MORE_WIDTHS = [700, 320];
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];
const LETTERS = { kk: 'әғқңөұүһі', ru: 'а', en: 'a' };

let passed = 0;
let failed = 0;

const paths = await pathsOf(base);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--disable-quic', '--disable-background-networking', '--disable-component-update',
    '--disable-sync', '--no-first-run', '--no-sandbox'],
});
const views = SCHEMES.flatMap((colorScheme) => WIDTHS.map((width) => ({ colorScheme, width })));
for (const view of views) {
  // Two at a time: one with script, one without.
  await Promise.all([true, false].map((javaScriptEnabled) => visit({ ...view, javaScriptEnabled })));
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

// Opens every page in one way of looking at it.
async function visit({ colorScheme, width, javaScriptEnabled }) {
  const viewport = { width, height: 900 };
  const context = await browser.newContext({ colorScheme, javaScriptEnabled, viewport });
  const tab = await context.newPage();
  for (const language of LANGUAGES) {
    for (const [kind, path, status] of paths) {
      const faults = await faultsOf(tab, { language, path, status, width, javaScriptEnabled });
      if (faults.length === 0) {
        passed += 1;
        continue;
      }
      failed += 1;
      const script = javaScriptEnabled ? 'script' : 'no script';
      console.log(`FAILED /${language}/${path} (${kind}, ${colorScheme}, ${width} px, ${script})`);
      for (const fault of faults) console.log(`  ${fault}`);
    }
  }
  await context.close();
}

// Finds one page of each kind: for evidence one of each word, for measurements one of each sort.
async function pathsOf(base) {
  const matrix = await json(base, 'api/v1/matrix');
  if (matrix.cells.length === 0) throw new Error('the matrix is empty: nothing to look at');
  const slugs = new Map(matrix.sites.map((site) => [site.target, site.slug]));
  const paths = [
    ['overview', '', 200],
    ['methods', 'methods/', 200],
    ['not found', 'no-such-page/', 404],
    ...matrix.providers.slice(0, 2).map((one) => ['provider', `p/${one.id}/`, 200]),
    ...matrix.sites.slice(0, 2).map((one) => ['site', `s/${one.slug}/`, 200]),
  ];
  const sorts = new Map();
  const words = new Set();
  for (const cell of matrix.cells) {
    if (words.has(cell.word)) continue;
    words.add(cell.word);
    const pair = `${cell.provider}/${slugs.get(cell.target)}`;
    paths.push([`evidence, ${cell.word}`, `e/${pair}/`, 200]);
    const { measurements } = await json(base, `api/v1/evidence/${pair}`);
    for (const row of measurements) {
      const sort = `${row.control ? 'control' : 'agent'}, ${row.state}`;
      if (!sorts.has(sort)) sorts.set(sort, row.id);
    }
  }
  for (const [sort, id] of sorts) paths.push([`measurement, ${sort}`, `m/${id}`, 200]);
  if (sorts.size === 0) throw new Error('no measurement is linked from the evidence');
  return paths;
}

async function json(base, path) {
  const answer = await fetch(new URL(path, base));
  if (!answer.ok) throw new Error(`${path} answers ${answer.status}`);
  return answer.json();
}

// Opens one page and returns what is wrong with it.
async function faultsOf(tab, { language, path, status, width, javaScriptEnabled }) {
  const faults = [];
  const outside = (request) => {
    if (new URL(request.url()).origin !== base.origin) faults.push(`asks ${request.url()}`);
  };
  const broken = (answer) => {
    if (answer.request().resourceType() === 'stylesheet' && !answer.ok()) {
      faults.push(`the style sheet answers ${answer.status()}`);
    }
  };
  tab.on('request', outside);
  tab.on('response', broken);
  const answer = await tab.goto(new URL(`${language}/${path}`, base).href, { waitUntil: 'load' });
  if (answer.status() !== status) faults.push(`answers ${answer.status()}, not ${status}`);
  const page = await tab.evaluate(look);
  if (page.lang !== language) faults.push(`is written in ${page.lang}`);
  if (![...LETTERS[language]].some((letter) => page.text.toLowerCase().includes(letter))) {
    faults.push('has no letter of its language');
  }
  if (page.headings !== 1) faults.push(`has ${page.headings} main headings`);
  if (page.scripts > 0) faults.push('needs script');
  if (demo && !page.banner) faults.push('does not say in three languages that its data are invented');
  if (!demo && page.banner) faults.push('says that its data are invented');
  if (page.styled === 'rgba(0, 0, 0, 0)') faults.push('has no style');
  if (page.roleless > 0) faults.push(`${page.roleless} parts of tables lose their role on cards`);
  faults.push(...await overflow(tab, width));
  for (const other of javaScriptEnabled && width === WIDTHS[0] ? MORE_WIDTHS : []) {
    await tab.setViewportSize({ width: other, height: 900 });
    faults.push(...await overflow(tab, other));
    await tab.setViewportSize({ width, height: 900 });
  }
  if (javaScriptEnabled) faults.push(...await barriers(tab));
  tab.off('request', outside);
  tab.off('response', broken);
  return faults;
}

// Runs inside the page.
function look() {
  const shown = (element) => element !== null && element.getClientRects().length > 0;
  const banner = document.querySelector('.demo');
  const languages = banner ? banner.querySelectorAll('[lang]').length : 0;
  const parts = 'table, thead, tbody, tr, th, td';
  return {
    lang: document.documentElement.lang,
    text: document.querySelector('main')?.innerText ?? '',
    headings: document.querySelectorAll('h1').length,
    scripts: document.querySelectorAll('script, svg, canvas, iframe').length,
    banner: shown(banner) && languages === 3,
    styled: getComputedStyle(document.body).backgroundColor,
    roleless: [...document.querySelectorAll(parts)].filter((part) => !part.hasAttribute('role')).length,
  };
}

async function overflow(tab, width) {
  const wide = await tab.evaluate(() => {
    const page = document.documentElement;
    return page.scrollWidth > page.clientWidth ? page.scrollWidth : 0;
  });
  return wide > 0 ? [`is ${wide} px wide in a window of ${width} px`] : [];
}

async function barriers(tab) {
  await tab.evaluate(axe);
  const { violations } = await tab.evaluate(
    (values) => globalThis.axe.run(document, { runOnly: { type: 'tag', values } }), RULES,
  );
  return violations.map((one) => `axe ${one.id}: ${one.help} — ${one.nodes[0].html.slice(0, 160)}`);
}
