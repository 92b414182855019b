import type { Call } from '../../api/types';

/** The newest calls the page keeps, newest first, and which of them a person asked to see. */

export const keep = 500;

export type Verdict = 'all' | 'denied' | 'failed' | 'observed';

/** Adds a page of calls in any order; drops repeats and what is older than the newest `keep`. */
export function merge(held: readonly Call[], arrived: readonly Call[]): readonly Call[] {
  if (arrived.length === 0) return held;
  const bySeq = new Map(held.map((call) => [call.seq, call]));
  for (const call of arrived) bySeq.set(call.seq, call);
  return [...bySeq.values()].sort((a, b) => b.seq - a.seq).slice(0, keep);
}

export function hasVerdict(call: Call, verdict: Verdict): boolean {
  switch (verdict) {
    case 'all':
      return true;
    case 'denied':
      return call.outcome === 'denied';
    case 'failed':
      return call.outcome === 'failed' || call.outcome === 'aborted';
    case 'observed':
      return (call.observed?.length ?? 0) > 0;
  }
}

/** Every word must stand somewhere in one of `fields`; a word after `-` must not. Case does not matter. */
export function matchesWords(fields: readonly (string | undefined)[], query: string): boolean {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== '' && word !== '-');
  if (words.length === 0) return true;
  const text = fields.filter((field) => field !== undefined).join('\n').toLowerCase();
  return words.every((word) => (word.startsWith('-') ? !text.includes(word.slice(1)) : text.includes(word)));
}

export function matches(call: Call, query: string): boolean {
  const observed = (call.observed ?? []).flatMap((o) => [o.control, o.reason]);
  return matchesWords(
    [call.client, call.credential, call.actor, call.api, call.method, call.host, call.path, call.operation, String(call.status),
      call.outcome, call.control, call.reason, call.detail, call.id, ...observed],
    query,
  );
}
