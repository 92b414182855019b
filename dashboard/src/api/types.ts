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

export type PostureState = 'documented' | 'shadow' | 'zombie' | 'orphan' | 'unauthenticated' | 'drifting';

/** One type of sensitive data that bodies carried, and where it stood first. */
export interface DataSeen {
  type: string;
  class: string;
  side: 'request' | 'response';
  place: string;
  times: number;
  last_seen: string;
}

export interface Endpoint {
  api: string;
  version?: string;
  method: string;
  path: string;
  operation_id?: string;
  owner?: string;
  purpose?: string;
  stage: string;
  access: 'unsaid' | 'anybody' | 'known';
  sunset?: string;
  /** 100: nothing to complain of. */
  score: number;
  states: PostureState[];
  reasons: { text: string; points: number }[];
  calls: number;
  denied: number;
  errors: number;
  answered: number;
  auth_failures: number;
  /** Calls by class of status, 1xx to 5xx. */
  statuses: number[];
  bytes_in: number;
  bytes_out: number;
  p50_us: number;
  p99_us: number;
  callers: number;
  auth: { how: string; calls: number }[];
  data_declared: string[];
  data: DataSeen[];
  misfits: number;
  first_seen: string | null;
  last_seen: string | null;
}

/** One page of what matches; `states` and `score` are of the whole inventory. */
export interface EndpointPage {
  total: number;
  matching: number;
  offset: number;
  left_out: number;
  score: number;
  states: Record<PostureState, number>;
  endpoints: Endpoint[];
}

export type Standing = 'open' | 'closed' | 'accepted';

/** One matter that somebody should look at, however often it happened. */
export interface Finding {
  id: string;
  kind: 'attack' | 'limit_spike' | 'auth_failures' | 'bulk_response' | 'shadow' | 'zombie' | 'unauthenticated' | 'drift';
  severity: 'low' | 'medium' | 'high';
  standing: Standing;
  api: string;
  method: string;
  path: string;
  title: string;
  times: number;
  first_seen: string;
  last_seen: string;
  /** The newest calls of it, newest first. */
  evidence: { call: string; time: string; text: string }[];
}

export interface FindingPage {
  total: number;
  open: number;
  matching: number;
  offset: number;
  findings: Finding[];
}

/** Where one type of sensitive data flows. */
export interface DataFlow {
  api: string;
  method: string;
  path: string;
  side: 'request' | 'response';
  place: string;
  times: number;
  last_seen: string;
  /** Its class is one that the specification names. */
  declared: boolean;
  /** Callers that proved nothing got answers here. */
  open: boolean;
  callers: number;
}

export interface DataType {
  class: string;
  type: string;
  flows: DataFlow[];
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
