import { expect, it } from 'vitest';
import { backoff } from './usePoll';

it('waits longer with each failure in a row, up to 15 s, and never less than usual', () => {
  expect([0, 1, 2, 3, 10].map((failures) => backoff(1500, failures))).toEqual([1500, 3000, 6000, 12_000, 15_000]);
  expect(backoff(30_000, 3)).toBe(30_000);
});
