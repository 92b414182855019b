// Serves dist/ and an invented gateway behind the admin API's contract: for work on the page, screenshots and tests.
//   node dev/server.mjs [--port 9444] [--password sallyport] [--empty] [--history 900] [--still]
// --empty starts without traffic; --history plays that many seconds before now; --still adds none after it.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { Traffic } from './traffic.mjs';

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '9444' },
    password: { type: 'string', default: 'sallyport' },
    empty: { type: 'boolean', default: false },
    history: { type: 'string', default: '900' },
    still: { type: 'boolean', default: false },
  },
});

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };
// Word for word what the gateway sends, so that a violation shows here first.
const safety = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

const now = Date.now();
const history = options.empty ? 0 : Number(options.history) * 1000;
const traffic = new Traffic({ now: now - history });
if (!options.empty) traffic.play(now - history, now);
if (!options.empty && !options.still) setInterval(() => traffic.play(Date.now() - 1000, Date.now()), 1000);

const sessions = new Set();
let tries = [];

function send(response, status, body, headers = {}) {
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(status, { ...safety, ...(body === null ? {} : { 'Content-Type': type }), ...headers });
  response.end(body === null ? undefined : JSON.stringify(body));
}

const problem = (response, status, title, detail, headers) => send(response, status, { type: 'about:blank', title, status, detail }, headers);

async function bodyOf(request) {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > 4096) return null;
  }
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function login(request, response) {
  tries = tries.filter((time) => time > Date.now() - 30_000);
  if (tries.length >= 5) {
    const wait = Math.ceil((tries[0] + 30_000 - Date.now()) / 1000);
    return problem(response, 429, 'Too many tries', `Try again in ${wait} s.`, { 'Retry-After': String(wait) });
  }
  const body = await bodyOf(request);
  if (body?.password !== options.password) {
    tries.push(Date.now());
    return problem(response, 401, 'Unauthorized', 'The password is wrong.');
  }
  const id = randomBytes(16).toString('hex');
  sessions.add(id);
  return send(response, 204, null, { 'Set-Cookie': `sallyport=${id}; HttpOnly; SameSite=Strict; Path=/` });
}

const whole = (text, fallback) => (text !== null && /^\d{1,15}$/.test(text) ? Number(text) : fallback);

async function answer(request, response, url) {
  const path = url.pathname.slice('/api/v1'.length);
  const id = /(?:^|; )sallyport=([0-9a-f]{32})/.exec(request.headers.cookie ?? '')?.[1];
  if (request.method === 'POST') {
    if (request.headers['x-sallyport-request'] !== '1') return problem(response, 403, 'Forbidden', 'X-Sallyport-Request is missing.');
    if (path === '/login') return login(request, response);
    if (path === '/logout') return sessions.delete(id), send(response, 204, null);
  }
  if (!sessions.has(id)) return problem(response, 401, 'Unauthorized', 'Log in first.');
  if (path === '/session') return send(response, 200, { user: 'admin' });
  if (path === '/summary') return send(response, 200, traffic.summary(Date.now()));
  if (path === '/calls') {
    const limit = Math.min(Math.max(whole(url.searchParams.get('limit'), 200), 1), 1000);
    return send(response, 200, traffic.page(whole(url.searchParams.get('after'), null), limit));
  }
  if (path === '/operations') return send(response, 200, { operations: traffic.operationList() });
  if (path === '/shadow') return send(response, 200, { endpoints: traffic.shadowList() });
  const event = path.startsWith('/calls/') ? traffic.event(decodeURIComponent(path.slice('/calls/'.length))) : null;
  return event ? send(response, 200, event) : problem(response, 404, 'Not found', 'There is nothing here.');
}

async function file(response, path) {
  const full = join(dist, normalize(path === '/' ? '/index.html' : path));
  try {
    if (!full.startsWith(dist.endsWith(sep) ? dist : dist + sep)) throw new Error('outside');
    const content = await readFile(full);
    response.writeHead(200, { ...safety, 'Content-Type': types[extname(full)] ?? 'application/octet-stream' });
    response.end(content);
  } catch {
    problem(response, 404, 'Not found', 'There is nothing here.');
  }
}

createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  const done = url.pathname.startsWith('/api/v1/') ? answer(request, response, url) : file(response, url.pathname);
  done.catch(() => response.headersSent || problem(response, 400, 'Bad request', 'The request could not be read.'));
}).listen(Number(options.port), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${options.port}/  password: ${options.password}`);
});
