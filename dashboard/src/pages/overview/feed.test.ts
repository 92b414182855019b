import { describe, expect, it } from 'vitest';
import type { Call } from '../../api/types';
import { hasVerdict, keep, matches, merge } from './feed';

function call(seq: number, more: Partial<Call> = {}): Call {
  return {
    seq, id: `id-${seq}`, time: '2026-11-23T10:00:00Z', client: '203.0.113.7', method: 'GET', host: 'localhost',
    path: '/orders/17', status: 200, outcome: 'forwarded', duration_us: 1, ...more,
  };
}

describe('the feed of calls', () => {
  it('is newest first whatever the order of arrival, without repeats', () => {
    const list = merge(merge([], [call(1), call(2)]), [call(4), call(3), call(2)]);
    expect(list.map((c) => c.seq)).toEqual([4, 3, 2, 1]);
  });

  it('keeps the newest only', () => {
    const list = merge([], Array.from({ length: keep + 20 }, (_, i) => call(i)));
    expect(list).toHaveLength(keep);
    expect(list[0]?.seq).toBe(keep + 19);
  });

  it('is the same list when nothing arrived, so that nothing renders', () => {
    const held = [call(1)];
    expect(merge(held, [])).toBe(held);
  });

  it('filters by verdict', () => {
    const observed = call(1, { observed: [{ control: 'access', reason: 'wrong_owner' }] });
    expect(hasVerdict(call(1), 'all')).toBe(true);
    expect(hasVerdict(call(1, { outcome: 'denied' }), 'denied')).toBe(true);
    expect(hasVerdict(call(1, { outcome: 'aborted' }), 'failed')).toBe(true);
    expect(hasVerdict(call(1), 'failed')).toBe(false);
    expect([hasVerdict(observed, 'observed'), hasVerdict(call(1), 'observed')]).toEqual([true, false]);
  });

  it('filters by words, all of which must be found, and by words that must not', () => {
    const denied = call(1, { control: 'unknown_operation', observed: [{ control: 'access', reason: 'wrong_owner' }] });
    for (const query of ['', ' ', 'orders get', 'UNKNOWN', '203.0.113 wrong_owner', '-admin', '-']) {
      expect(matches(denied, query)).toBe(true);
    }
    for (const query of ['admin', 'orders admin', '-orders', 'get -unknown']) expect(matches(denied, query)).toBe(false);
  });
});
