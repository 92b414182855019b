import { describe, expect, it } from 'vitest';
import css from './tokens.css?raw';

/** WCAG 2.2 contrast of every text and mark colour on every ground it may stand on, in both themes. */
const tokens = new Map<string, [string, string]>();
for (const [, name = '', light = '', dark = ''] of css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)) {
  tokens.set(name, [light, dark]);
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((i) => {
    const c = parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string, theme: 0 | 1): number {
  const [x, y] = [a, b].map((name) => luminance(tokens.get(name)?.[theme] ?? '#808080'));
  return (Math.max(x ?? 0, y ?? 0) + 0.05) / (Math.min(x ?? 0, y ?? 0) + 0.05);
}

const grounds = ['bg', 'surface', 'raised', 'hover', 'selected'];
const texts = ['text', 'text-2', 'text-3', 'accent', 'passed-text', 'denied-text', 'failed-text', 'observed-text'];
const marks = ['passed', 'denied', 'failed', 'observed', 'control-line'];
const pairs: [string, string, number][] = [
  ...texts.flatMap((text) => grounds.map((ground): [string, string, number] => [text, ground, 4.5])),
  ...marks.flatMap((mark) => ['bg', 'surface', 'raised'].map((ground): [string, string, number] => [mark, ground, 3])),
  ['denied-text', 'denied-tint', 4.5], ['failed-text', 'failed-tint', 4.5], ['observed-text', 'observed-tint', 4.5],
  ['text-2', 'neutral-tint', 4.5], ['text-3', 'neutral-tint', 4.5], ['text', 'neutral-tint', 4.5], ['on-accent', 'accent', 4.5],
];

describe.each([['light', 0], ['dark', 1]] as const)('%s theme', (_, theme) => {
  it.each(pairs)('%s on %s reaches %d:1', (front, back, least) => {
    expect([tokens.has(front), tokens.has(back)]).toEqual([true, true]);
    expect(contrast(front, back, theme)).toBeGreaterThanOrEqual(least);
  });
});
