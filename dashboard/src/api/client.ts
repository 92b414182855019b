import type { CallEvent, CallPage, DataType, EndpointPage, FindingPage, Operation, Session, ShadowEndpoint, Standing, Summary } from './types';

/** Why a request gave no answer: one word for the caller to decide on, one sentence for a person to read. */
export type ErrorKind = 'unauthorized' | 'rate_limited' | 'not_found' | 'refused' | 'server' | 'network' | 'malformed';

export class ApiError extends Error {
  constructor(
    readonly kind: ErrorKind,
    message: string,
    readonly status = 0,
    /** Seconds to wait before trying again; set when `kind` is `rate_limited`. */
    readonly retryAfter = 0,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

const timeoutMs = 10_000;
/** Reads in flight; a logout ends them, for all that could still come back is a refusal. */
const reads = new Set<AbortController>();
const root = '/api/v1';

/** `Retry-After` (RFC 9110 §10.2.3) in whole seconds: a number or a date; at least 1, at most an hour. */
export function retryAfter(header: string | null, nowMs = Date.now()): number {
  const value = (header ?? '').trim();
  const seconds = /^\d+$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - nowMs) / 1000);
  return Math.min(Math.max(Number.isFinite(seconds) ? seconds : 1, 1), 3600);
}

function kindOf(status: number): ErrorKind {
  if (status === 401) return 'unauthorized';
  if (status === 404) return 'not_found';
  if (status === 429) return 'rate_limited';
  return status >= 500 ? 'server' : 'refused';
}

/** What a problem document (RFC 9457) says, or the status when the body is something else. */
async function problem(response: Response): Promise<string> {
  try {
    const body: unknown = await response.json();
    if (body !== null && typeof body === 'object') {
      const { detail, title } = body as Record<string, unknown>;
      if (typeof detail === 'string' && detail !== '') return detail;
      if (typeof title === 'string' && title !== '') return title;
    }
  } catch {
    // Not JSON: a proxy in between answered. The status says what there is to say.
  }
  return `The gateway answered ${response.status}.`;
}

async function send(path: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(root + path, {
      ...init,
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'error',
      signal,
    });
  } catch {
    throw new ApiError('network', 'The gateway does not answer.');
  }
  if (response.ok) return response;
  const wait = response.status === 429 ? retryAfter(response.headers.get('Retry-After')) : 0;
  throw new ApiError(kindOf(response.status), await problem(response), response.status, wait);
}

async function get<T extends object>(path: string): Promise<T> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), timeoutMs);
  reads.add(stop);
  try {
    const response = await send(path, { headers: { Accept: 'application/json' } }, stop.signal);
    const body: unknown = await response.json().catch(() => null);
    if (body !== null && typeof body === 'object') return body as T;
    throw new ApiError('malformed', 'The gateway sent an answer that is not JSON.', response.status);
  } finally {
    clearTimeout(timer);
    reads.delete(stop);
  }
}

/** The custom header makes a cross-site form post impossible without a CORS preflight, which the gateway refuses. */
async function post(path: string, body?: object): Promise<void> {
  const headers: Record<string, string> = { 'X-Sallyport-Request': '1' };
  if (body) headers['Content-Type'] = 'application/json';
  const init = { method: 'POST', headers, ...(body ? { body: JSON.stringify(body) } : {}) };
  await send(path, init, AbortSignal.timeout(timeoutMs));
}

export const api = {
  login: (password: string) => post('/login', { password }),
  logout: () => {
    for (const read of reads) read.abort();
    return post('/logout');
  },
  session: () => get<Session>('/session'),
  summary: () => get<Summary>('/summary'),
  /** Calls after a sequence number, or without one the newest `limit` calls. */
  calls: (after: number | null, limit: number) =>
    get<CallPage>(`/calls?${after === null ? '' : `after=${after}&`}limit=${limit}`),
  call: (id: string) => get<CallEvent>(`/calls/${encodeURIComponent(id)}`),
  operations: () => get<{ operations: Operation[] }>('/operations').then((a) => a.operations),
  /** `query` is the query string of the endpoints' page: see `endpointQuery`. */
  endpoints: (query: string) => get<EndpointPage>(`/endpoints?${query}`),
  endpointsCsv: (query: string) => `${root}/endpoints.csv?${query}`,
  findings: (query: string) => get<FindingPage>(`/findings?${query}`),
  setFinding: (id: string, standing: Standing) => post('/findings', { id, standing }),
  data: () => get<{ types: DataType[] }>('/data').then((a) => a.types),
  shadow: () => get<{ endpoints: ShadowEndpoint[] }>('/shadow').then((a) => a.endpoints),
};
