import { afterEach, describe, expect, it, vi } from 'vitest';
import { api, ApiError, retryAfter } from './client';

function answer(status: number, body: string | null, headers: Record<string, string> = {}) {
  const fake = vi.fn<typeof fetch>(async () => new Response(body, { status, headers }));
  vi.stubGlobal('fetch', fake);
  return fake;
}

async function failure(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(() => null, (e: unknown) => e);
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

afterEach(() => vi.unstubAllGlobals());

describe('api client', () => {
  it('logs in with the header that stops cross-site posts', async () => {
    const fake = answer(204, null);
    await api.login('pa"ss');
    const [url, init] = fake.mock.calls[0] ?? [];
    expect(url).toBe('/api/v1/login');
    expect(init?.method).toBe('POST');
    expect(init?.headers).toMatchObject({ 'X-Sallyport-Request': '1', 'Content-Type': 'application/json' });
    expect(init?.body).toBe('{"password":"pa\\"ss"}');
    expect(init?.credentials).toBe('same-origin');
  });

  it('sends the same header on log out', async () => {
    const fake = answer(204, null);
    await api.logout();
    expect(fake.mock.calls[0]?.[1]?.headers).toMatchObject({ 'X-Sallyport-Request': '1' });
  });

  it('ends the reads in flight on log out', async () => {
    const signals: (AbortSignal | null | undefined)[] = [];
    vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
      signals.push(init.signal);
      if (url.endsWith('/logout')) return Promise.resolve(new Response(null, { status: 204 }));
      return new Promise((_, refuse) => init.signal?.addEventListener('abort', () => refuse(init.signal?.reason)));
    });
    const read = failure(api.summary());
    await api.logout();
    expect((await read).kind).toBe('network');
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, false]);
  });

  it('asks for the newest calls first, then for what came after', async () => {
    const fake = answer(200, '{"next":9,"calls":[]}');
    await api.calls(null, 200);
    await api.calls(9, 200);
    expect(fake.mock.calls.map((c) => c[0])).toEqual(['/api/v1/calls?limit=200', '/api/v1/calls?after=9&limit=200']);
  });

  it('escapes an id, which a caller may have chosen', async () => {
    const fake = answer(200, '{}');
    await api.call('../login?x=1');
    expect(fake.mock.calls[0]?.[0]).toBe('/api/v1/calls/..%2Flogin%3Fx%3D1');
  });

  it.each([
    [401, 'unauthorized'], [403, 'refused'], [404, 'not_found'], [429, 'rate_limited'], [500, 'server'], [503, 'server'],
  ])('maps status %d to %s', async (status, kind) => {
    answer(status, '{"title":"t"}');
    const error = await failure(api.summary());
    expect([error.kind, error.status]).toEqual([kind, status]);
  });

  it('reads the problem document: detail, else title, else the status', async () => {
    answer(401, '{"title":"Unauthorized","detail":"The password is wrong."}');
    expect((await failure(api.login('x'))).message).toBe('The password is wrong.');
    answer(401, '{"title":"Unauthorized","detail":""}');
    expect((await failure(api.login('x'))).message).toBe('Unauthorized');
    answer(502, '<html>bad gateway</html>');
    expect((await failure(api.login('x'))).message).toBe('The gateway answered 502.');
    answer(500, '["detail"]');
    expect((await failure(api.login('x'))).message).toBe('The gateway answered 500.');
  });

  it('carries how long to wait', async () => {
    answer(429, '{}', { 'Retry-After': '30' });
    expect((await failure(api.login('x'))).retryAfter).toBe(30);
  });

  it('tells a dead connection from a bad answer', async () => {
    vi.stubGlobal('fetch', vi.fn(async () => Promise.reject(new TypeError('Failed to fetch'))));
    expect((await failure(api.summary())).kind).toBe('network');
    answer(200, 'not json');
    expect((await failure(api.summary())).kind).toBe('malformed');
    answer(200, '7');
    expect((await failure(api.summary())).kind).toBe('malformed');
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-11-23T10:00:00Z');
  it.each([
    ['30', 30], ['0', 1], ['999999', 3600], ['Mon, 23 Nov 2026 10:00:20 GMT', 20], ['Mon, 23 Nov 2026 09:00:00 GMT', 1],
    ['soon', 1], ['', 1], [null, 1],
  ])('%j', (header, seconds) => expect(retryAfter(header, now)).toBe(seconds));
});
