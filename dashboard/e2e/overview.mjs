// Walks through the dashboard of a running gateway as a person would, and prints "N passed, N failed".
//   node e2e/overview.mjs --base https://127.0.0.1:9443 --password-file FILE --shots DIR
// Expects calls, operations and at least one shadow endpoint to be there. CHROMIUM names the browser.
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const { values: options } = parseArgs({
  options: { base: { type: 'string' }, 'password-file': { type: 'string' }, shots: { type: 'string' } },
});
if (!options.base || !options['password-file'] || !options.shots) {
  console.error('usage: node e2e/overview.mjs --base URL --password-file FILE --shots DIR');
  process.exit(2);
}

const password = (await readFile(options['password-file'], 'utf8')).trim();
await mkdir(options.shots, { recursive: true });
let passed = 0;
let failed = 0;

async function check(name, act) {
  try {
    await act();
    passed += 1;
    console.log(`ok    ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${name}\n      ${String(error.message).split('\n').slice(0, 6).join('\n      ')}`);
  }
}
function expect(condition, words) {
  if (!condition) throw new Error(words);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const context = await browser.newContext({ viewport: { width: 1400, height: 1000 }, ignoreHTTPSErrors: true, colorScheme: 'light' });
context.setDefaultTimeout(10_000);
const page = await context.newPage();

const complaints = [];
page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
page.on('console', (message) => {
  // Not having a session yet is an answer, which the browser logs as a failed load.
  const expected = message.text().includes('401') && message.location().url.endsWith('/api/v1/session');
  const wrongPassword = message.text().includes('401') && message.location().url.endsWith('/api/v1/login');
  if (message.type() === 'error' && !expected && !wrongPassword) complaints.push(`console: ${message.text()}`);
});
await page.addInitScript(() => {
  globalThis.violations = [];
  document.addEventListener('securitypolicyviolation', (event) => globalThis.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
});

const shot = (name) => page.screenshot({ path: join(options.shots, `${name}.png`) });
const section = (name) => page.getByRole('tab', { name }).click();
const rowsOf = async (label) => {
  const rows = page.getByRole('grid', { name: label }).locator('tbody tr');
  await rows.first().waitFor();
  return rows;
};
const number = (text) => Number((/[\d,]+/.exec(text)?.[0] ?? '').replaceAll(',', ''));

await check('the page is served with a policy that forbids inline script', async () => {
  const response = await page.goto(options.base);
  const policy = response.headers()['content-security-policy'] ?? '';
  expect(policy.includes("script-src 'self'") && !policy.includes('unsafe-inline'), `policy is "${policy}"`);
});

await check('without a session there is a login', async () => {
  await page.getByLabel('Admin password').waitFor();
  await shot('login');
});

await check('a wrong password is refused in words', async () => {
  await page.getByLabel('Admin password').fill('certainly not this one');
  await page.keyboard.press('Enter');
  await page.getByText('That password is not right.').waitFor();
  await shot('login-wrong');
});

await check('the right password opens the overview', async () => {
  await page.getByLabel('Admin password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('tab', { name: 'Live calls' }).waitFor();
});

await check('the session cookie is out of reach of scripts', async () => {
  expect((await page.evaluate(() => document.cookie)) === '', 'document.cookie shows something');
  expect((await context.cookies()).some((cookie) => cookie.httpOnly), 'there is no HttpOnly cookie');
});

await check('figures show calls, and they add up', async () => {
  await page.locator('.figure-value').first().getByText(/^[\d,.]+[MB]?$/).waitFor();
  const figures = await page.locator('.figure-value').allInnerTexts();
  expect(figures.length === 4, `${figures.length} figures`);
  const [calls, forwarded, denied, failures] = figures.map(number);
  expect(calls > 0, `calls is "${figures[0]}"`);
  expect(forwarded + denied + failures <= calls, `${figures.join(' / ')}`);
});

await check('the chart has bars', async () => {
  await page.locator('.chart-plot rect').first().waitFor();
});

await check('live calls has rows, newest first', async () => {
  const rows = await rowsOf('Live calls');
  expect((await rows.count()) > 0, 'no rows');
  const seqs = await rows.evaluateAll((all) => all.map((row) => Number(row.dataset.row)));
  expect(seqs.every((seq, i) => i === 0 || seq < seqs[i - 1]), 'rows are out of order');
  await shot('overview-light');
});

await check('the denied filter leaves denied calls only', async () => {
  await page.getByRole('radio', { name: 'Denied' }).check({ force: true });
  const rows = await rowsOf('Live calls');
  const texts = await rows.allInnerTexts();
  expect(texts.length > 0 && texts.every((text) => text.includes('denied')), texts[0] ?? 'no rows');
  await shot('calls-denied');
});

await check('Enter opens the whole event, Esc closes it and gives focus back', async () => {
  const rows = await rowsOf('Live calls');
  const row = await rows.first().getAttribute('data-row');
  await rows.first().focus();
  await page.keyboard.press('Enter');
  const panel = page.getByRole('dialog', { name: 'Event' });
  await panel.locator('.tree-leaf').first().waitFor();
  expect((await panel.innerText()).includes('Denied by'), 'the panel does not say who denied the call');
  await page.waitForTimeout(250);
  await shot('event-light');
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });
  const focused = await page.evaluate(() => document.activeElement?.getAttribute('data-row'));
  expect(focused === row, `focus is on row ${focused}, not ${row}`);
});

await check('p pauses the list, / goes to the filter, words filter', async () => {
  await page.getByRole('radio', { name: 'All', exact: true }).check({ force: true });
  await page.keyboard.press('p');
  await page.getByRole('button', { name: /Resume|new$/ }).waitFor();
  const rows = await rowsOf('Live calls');
  const before = await rows.first().getAttribute('data-row');
  await page.waitForTimeout(3500);
  expect((await rows.first().getAttribute('data-row')) === before, 'a paused list moved');
  await page.keyboard.press('/');
  await page.keyboard.type('no-such-call-anywhere');
  await page.getByText('No call matches').waitFor();
  await page.keyboard.press('Escape');
  await rowsOf('Live calls');
  await page.keyboard.press('Escape');
  await page.keyboard.press('p');
  await page.getByRole('button', { name: 'Pause' }).waitFor();
});

await check('operations has rows and sorts', async () => {
  await section('Operations');
  const rows = await rowsOf('Operations');
  expect((await rows.count()) > 0, 'no rows');
  const header = page.getByRole('columnheader', { name: 'Calls' });
  expect((await header.getAttribute('aria-sort')) === 'descending', 'not sorted by calls at first');
  await header.getByRole('button').click();
  expect((await header.getAttribute('aria-sort')) === 'ascending', 'a click does not turn the order');
  await header.getByRole('button').click();
  await shot('operations-light');
});

await check('findings have evidence, and one can be closed', async () => {
  await section('Findings');
  const rows = await rowsOf('Findings');
  const before = await rows.count();
  expect(before > 0, 'no rows');
  await shot('findings-light');
  await rows.first().focus();
  await page.keyboard.press('Enter');
  const panel = page.getByRole('dialog', { name: 'Finding' });
  await panel.getByRole('button', { name: 'Show its calls' }).waitFor();
  await page.waitForTimeout(250);
  await shot('finding-light');
  const closed = page.waitForResponse((response) => response.request().method() === 'POST' && response.url().endsWith('/findings'));
  await panel.getByRole('button', { name: 'Close', exact: true }).last().click();
  expect((await closed).status() === 200, 'it was not closed');
  await panel.waitFor({ state: 'detached' });
  await page.getByRole('radio', { name: 'Closed' }).check({ force: true });
  await rowsOf('Findings');
});

await check('the inventory has rows, the worst first, and says why', async () => {
  await section('Inventory');
  const rows = await rowsOf('Inventory');
  expect((await rows.count()) > 0, 'no rows');
  const scores = await page.locator('tbody .inv-score').allInnerTexts();
  expect(scores.map(number).every((score, i, all) => i === 0 || score >= all[i - 1]), scores.join(' '));
  await shot('inventory-light');
  await rows.first().focus();
  await page.keyboard.press('Enter');
  const panel = page.getByRole('dialog', { name: 'Endpoint' });
  await panel.getByRole('list', { name: 'Why' }).waitFor();
  await page.waitForTimeout(250);
  await shot('endpoint-light');
  await panel.getByRole('button', { name: 'Close' }).click();
  await panel.waitFor({ state: 'detached' });
});

await check('the inventory is sorted, filtered and sought by the gateway', async () => {
  const header = page.getByRole('columnheader', { name: 'Calls' });
  const answer = page.waitForResponse((response) => response.url().includes('sort=calls&order=down'));
  await header.getByRole('button').click();
  await answer;
  expect((await header.getAttribute('aria-sort')) === 'descending', 'not sorted by calls');
  const shadows = page.waitForResponse((response) => response.url().includes('state=shadow'));
  await page.getByRole('radio', { name: /^shadow/ }).check({ force: true });
  await shadows;
  await page.waitForTimeout(250);
  const states = await page.locator('tbody .inv-states').allInnerTexts();
  expect(states.length > 0 && states.every((text) => text.includes('shadow')), states.join(' '));
  await page.getByRole('radio', { name: /^All/ }).check({ force: true });
  await page.keyboard.press('/');
  await page.keyboard.type('no-such-endpoint');
  await page.getByText('No endpoint matches').waitFor();
  await page.keyboard.press('Escape');
  await rowsOf('Inventory');
});

await check('the inventory is exported as CSV', async () => {
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export CSV' }).click();
  const text = await readFile(await (await download).path(), 'utf8');
  const lines = text.trim().split('\r\n');
  expect(lines.length > 5 && lines[0].startsWith('api,version,method,path'), lines[0]);
  expect(lines.slice(1).every((line) => !/(^|,)"[=+@-]/.test(line)), 'a cell is a formula');
});

await check('the data map has rows', async () => {
  await section('Data map');
  expect((await (await rowsOf('Data map')).count()) > 0, 'no rows');
  await shot('data-light');
});

await check('shadow endpoints has rows', async () => {
  await section('Shadow endpoints');
  expect((await (await rowsOf('Shadow endpoints')).count()) > 0, 'no rows');
  await shot('shadow-light');
});

await check('the theme can be switched and is remembered', async () => {
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByRole('radio', { name: 'Dark theme' }).check({ force: true });
  expect((await ground()) !== light, 'the ground did not change');
  await shot('shadow-dark');
  await section('Findings');
  await rowsOf('Findings');
  await shot('findings-dark');
  await section('Inventory');
  await rowsOf('Inventory');
  await shot('inventory-dark');
  await section('Data map');
  await rowsOf('Data map');
  await shot('data-dark');
  await section('Operations');
  await rowsOf('Operations');
  await shot('operations-dark');
  await page.reload();
  await rowsOf('Operations');
  expect((await ground()) !== light, 'the theme was forgotten');
  await section('Live calls');
  await (await rowsOf('Live calls')).first().click();
  await page.getByRole('dialog', { name: 'Event' }).locator('.tree-leaf').first().waitFor();
  await page.waitForTimeout(250);
  await shot('event-dark');
  await page.keyboard.press('Escape');
  await page.mouse.move(0, 0);
  await shot('overview-dark');
});

await check('at 900 px nothing is cut off sideways', async () => {
  await page.setViewportSize({ width: 900, height: 900 });
  await page.waitForTimeout(300);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide <= 900, `the page is ${wide} px wide`);
  const tables = await page.locator('.sheet-body').evaluate((body) => body.scrollWidth - body.clientWidth);
  expect(tables <= 0, `the table is ${tables} px too wide`);
  await shot('overview-900');
  await page.setViewportSize({ width: 1400, height: 1000 });
});

await check('no policy was violated', async () => {
  const violations = await page.evaluate(() => globalThis.violations);
  expect(violations.length === 0, violations.join('; '));
});

await check('logging out leads to the login', async () => {
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByLabel('Admin password').waitFor();
  await shot('login-dark');
});

await check('the console stayed clean', async () => expect(complaints.length === 0, complaints.join('; ')));

await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
