import { describe, expect, it } from 'vitest';
import { ago, bytes, clock, count, lasting, share, took } from './format';

describe('format', () => {
  it.each([[0, '0'], [999, '999'], [1234, '1,234'], [9_999_999, '9,999,999'], [12_345_678, '12.3M'], [3.2e9, '3.2B'], [NaN, '–']])(
    'count %d', (n, text) => expect(count(n)).toBe(text));

  it.each([[0, 0, '–'], [0, 10, '0%'], [10, 10, '100%'], [24, 1000, '2.4%'], [1, 1e6, '<0.1%'], [999_999, 1e6, '>99.9%']])(
    'share %d of %d', (part, whole, text) => expect(share(part, whole)).toBe(text));

  it.each([[0, '0 µs'], [812, '812 µs'], [999.6, '1000 µs'], [4000, '4.0 ms'], [99_949, '99.9 ms'], [99_950, '100 ms'],
    [1_200_000, '1.2 s'], [125_000_000, '2 min 5 s'], [-1, '–'], [NaN, '–']])(
    'took %d', (us, text) => expect(took(us)).toBe(text));

  it.each([[42, '42 s'], [185, '3 min'], [18_720, '5 h 12 min'], [792_000, '9 d 4 h'], [-1, '–']])(
    'lasting %d', (s, text) => expect(lasting(s)).toBe(text));

  it('tells when, seen from the clock of the server', () => {
    const now = Date.parse('2026-11-23T10:00:00Z');
    expect(ago('2026-11-23T10:00:00Z', now)).toBe('now');
    expect(ago('2026-11-23T10:00:05Z', now)).toBe('now');
    expect(ago('2026-11-23T09:59:48Z', now)).toBe('12 s ago');
    expect(ago('2026-11-23T09:57:00Z', now)).toBe('3 min ago');
    expect(ago('2026-11-23T05:00:00Z', now)).toBe('5 h ago');
    expect(ago('2026-11-20T10:00:00Z', now)).toBe('3 d ago');
    expect(ago(null, now)).toBe('never');
    expect(ago('nonsense', now)).toBe('–');
  });

  it('shows clock time at fixed width', () => {
    const local = new Date(2026, 10, 23, 9, 5, 7, 42).toISOString();
    expect(clock(local)).toBe('09:05:07');
    expect(clock(local, true)).toBe('09:05:07.042');
    expect(clock('nonsense')).toBe('–');
  });

  it.each([[0, '0 B'], [1023, '1023 B'], [1536, '1.5 KiB'], [5 * 2 ** 20, '5.0 MiB'], [-1, '–']])(
    'bytes %d', (n, text) => expect(bytes(n)).toBe(text));
});
