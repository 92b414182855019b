// Invented traffic with a shape like the real thing, and what the gateway would know after it.
import { attacks, clients, failures, observations, operations } from './world.mjs';

const stepMs = 5000;
const steps = 60;
const kept = 5000;

/** mulberry32: the same seed gives the same traffic, so that two screenshots can be compared. */
function randomFrom(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class Traffic {
  constructor({ seed = 7, now = Date.now() } = {}) {
    this.random = randomFrom(seed);
    this.startedAt = now;
    this.seq = 0;
    this.calls = [];
    this.counts = { calls: 0, forwarded: 0, denied: 0, failed: 0 };
    this.series = new Map();
    this.operations = new Map(operations.map((o) => [`${o.method} ${o.path}`, { ...o, calls: 0, denied: 0, errors: 0, last_seen: null, times: [] }]));
    this.shadow = new Map();
  }

  pick(list) {
    let at = this.random() * list.reduce((sum, entry) => sum + entry.weight, 0);
    return list.find((entry) => (at -= entry.weight) < 0) ?? list[0];
  }

  /** Calls a second at a moment: a slow wave with some noise, and a probe every two minutes. */
  rate(ms) {
    const wave = 5 + 2.4 * Math.sin(ms / 47_000) + 1.3 * Math.sin(ms / 13_000);
    return { all: wave * (0.75 + this.random() * 0.5), hostile: ms % 120_000 < 14_000 ? 0.34 : 0.03 };
  }

  /** Plays from `from` to `to` in milliseconds. */
  play(from, to) {
    for (let second = from; second < to; second += 1000) {
      const { all, hostile } = this.rate(second);
      const times = Array.from({ length: Math.round(all) }, () => second + this.random() * 1000).sort((a, b) => a - b);
      for (const time of times) this.one(time, hostile);
    }
  }

  one(time, hostile) {
    const dice = this.random();
    if (dice < hostile) this.attack(time);
    else if (dice < hostile + 0.012) this.ordinary(time, this.pick(failures));
    else this.ordinary(time, null);
  }

  attack(time) {
    const { client, weight: _, shadow, ...rest } = this.pick(attacks);
    const reason = shadow
      ? { control: 'unknown_operation', reason: 'operation_not_in_spec', detail: 'No operation of shop has this method and path.' }
      : {};
    this.record(time, client, { ...rest, ...reason, outcome: 'denied', duration_us: Math.round(60 + this.random() * 240) }, shadow);
  }

  ordinary(time, failure) {
    const operation = this.pick(operations);
    const number = () => String(Math.floor(this.random() * 900) + 10);
    const call = {
      method: operation.method,
      path: operation.path.replace(/\{\w+\}/g, number) + (operation.path === '/search' ? `?q=${['lamp', 'oak+table', 'caf%C3%A9', 'chair'][Math.floor(this.random() * 4)]}` : ''),
      operation: `${operation.method} ${operation.path}`,
      status: operation.method === 'POST' ? 201 : this.random() < 0.04 ? 404 : 200,
      outcome: 'forwarded',
      duration_us: Math.round(operation.typical_us * (0.6 + this.random() ** 6 * 6 + this.random() * 0.5)),
    };
    if (failure) {
      const { us, weight: _, ...rest } = failure;
      Object.assign(call, rest, { duration_us: us });
    } else if (this.random() < 0.03) {
      call.observed = [observations[Math.floor(this.random() * observations.length)]];
    }
    this.record(time, Math.floor(this.random() ** 1.6 * 5), call, false);
  }

  record(time, client, call, shadow) {
    this.seq += 1;
    const iso = new Date(time).toISOString();
    const hex = Math.floor(this.random() * 2 ** 48).toString(16).padStart(12, '0');
    const stamp = Math.floor(time).toString(16).padStart(12, '0');
    const [address, credential] = clients[client];
    const whole = {
      seq: this.seq, id: `${stamp.slice(0, 8)}-${stamp.slice(8)}-7${hex.slice(0, 3)}-a${hex.slice(3, 6)}-${hex}`,
      time: iso, client: address, credential, api: 'shop', host: 'localhost', ...call,
    };
    this.calls.push(whole);
    if (this.calls.length > kept) this.calls.shift();
    const ended = call.outcome === 'aborted' ? 'failed' : call.outcome;
    this.counts.calls += 1;
    this.counts[ended] += 1;
    const step = Math.floor(time / stepMs);
    const sums = this.series.get(step) ?? { forwarded: 0, denied: 0, failed: 0 };
    sums[ended] += 1;
    this.series.set(step, sums);
    const operation = this.operations.get(call.operation);
    if (operation) {
      operation.calls += 1;
      operation.denied += ended === 'denied' ? 1 : 0;
      operation.errors += ended === 'failed' ? 1 : 0;
      operation.last_seen = iso;
      if (ended === 'forwarded') operation.times.push(call.duration_us);
    }
    if (shadow) this.recordShadow(whole);
  }

  recordShadow(call) {
    const key = `${call.method} ${call.path}`;
    const known = this.shadow.get(key) ?? {
      api: call.api, host: call.host, method: call.method, path: call.path, calls: 0, denied: 0, first_seen: call.time, clients: new Set(),
    };
    known.calls += 1;
    known.denied += 1;
    known.last_seen = call.time;
    known.last_status = call.status;
    known.clients.add(call.client);
    this.shadow.set(key, known);
  }

  summary(now) {
    const last = Math.floor(now / stepMs);
    const line = (name) => Array.from({ length: steps }, (_, i) => this.series.get(last - steps + 1 + i)?.[name] ?? 0);
    return {
      version: '0.1.0', started_at: new Date(this.startedAt).toISOString(), uptime_s: Math.floor((now - this.startedAt) / 1000),
      config: { path: 'sallyport.yaml', generation: 3, loaded_at: new Date(this.startedAt).toISOString() },
      ...this.counts, connections: this.counts.calls > 0 ? 12 : 0, events_written: this.counts.calls, events_dropped: 0,
      series: { step_s: stepMs / 1000, end: new Date((last + 1) * stepMs).toISOString(), forwarded: line('forwarded'), denied: line('denied'), failed: line('failed') },
    };
  }

  page(after, limit) {
    const newer = after === null ? this.calls.slice(-limit) : this.calls.filter((call) => call.seq > after).slice(0, limit);
    return { next: newer.at(-1)?.seq ?? after ?? this.seq, calls: newer };
  }

  operationList() {
    return [...this.operations.values()].map(({ times, weight: _, typical_us: __, ...operation }) => {
      const ordered = times.slice(-2000).sort((a, b) => a - b);
      const at = (part) => ordered[Math.min(ordered.length - 1, Math.floor(ordered.length * part))] ?? 0;
      return { ...operation, p50_us: at(0.5), p99_us: at(0.99) };
    });
  }

  shadowList() {
    return [...this.shadow.values()].map((endpoint) => ({ ...endpoint, clients: endpoint.clients.size }));
  }

  event(id) {
    const call = this.calls.find((one) => one.id === id);
    if (!call) return null;
    const { seq: _, ...fields } = call;
    return {
      ...fields,
      tls: { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256', alpn: 'h2', sni: 'localhost', client_certificate: null },
      request: {
        http: '2', bytes: 1840,
        headers: { 'user-agent': 'shop-ios/4.2 (build 9913)', accept: 'application/json', authorization: 'Bearer ‹masked›', 'x-note': 'tab\there \u202eand back' },
      },
      response: call.outcome === 'forwarded' ? { bytes: 5321, content_type: 'application/json', masked: ['card', 'ssn'] } : { bytes: 214, content_type: 'application/problem+json' },
      upstream: call.outcome === 'forwarded' ? { target: 'http://127.0.0.1:9001', connect_us: 0, first_byte_us: Math.round(call.duration_us * 0.8), reused: true } : null,
      decisions: [
        { control: 'framing', verdict: 'pass', duration_us: 3 },
        { control: 'authenticate', verdict: 'pass', duration_us: 41 },
        { control: call.control ?? 'contract', verdict: call.outcome === 'denied' ? 'deny' : 'pass', duration_us: 18 },
      ],
      sealed: { algorithm: 'xchacha20-poly1305', key: 'events-2026-11', bytes: 2288, original: 'b3BlbiB0aGlzIHdpdGggdGhlIGtleSBvZiB0aGUgYXVkaXRvcg' },
    };
  }
}
