/** The admin API as JSON, version 1. Times are RFC 3339 in UTC; `_us` is microseconds, `_s` seconds. */

export type Outcome = 'forwarded' | 'denied' | 'failed' | 'aborted';

export interface Session {
  user: string;
}

export interface Summary {
  version: string;
  started_at: string;
  uptime_s: number;
  config: { path: string; generation: number; loaded_at: string };
  calls: number;
  forwarded: number;
  denied: number;
  failed: number;
  connections: number;
  events_written: number;
  events_dropped: number;
  series: Series;
}

/** Calls per step, oldest first; the last step ends at `end`. The three lists have the same length. */
export interface Series {
  step_s: number;
  end: string;
  forwarded: number[];
  denied: number[];
  failed: number[];
}

export interface Observed {
  control: string;
  reason: string;
  detail?: string;
}

export interface Call {
  seq: number;
  id: string;
  time: string;
  client: string;
  credential?: string;
  /** The caller's subject, or its application, when authentication established one. */
  actor?: string;
  api?: string;
  method: string;
  host: string;
  path: string;
  operation?: string;
  status: number;
  outcome: Outcome;
  control?: string;
  reason?: string;
  detail?: string;
  duration_us: number;
  observed?: Observed[];
}

/** `next` goes into the next request as `after`. */
export interface CallPage {
  next: number;
  calls: Call[];
}

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type CallEvent = { [key: string]: Json };

export interface Operation {
  api: string;
  method: string;
  path: string;
  operation_id?: string;
  stage: string;
  calls: number;
  denied: number;
  errors: number;
  p50_us: number | null;
  p99_us: number | null;
  last_seen: string | null;
}

export interface ShadowEndpoint {
  api: string;
  host: string;
  method: string;
  path: string;
  calls: number;
  denied: number;
  first_seen: string;
  last_seen: string;
  last_status: number;
  clients: number;
}
