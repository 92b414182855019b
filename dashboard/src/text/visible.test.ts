import { describe, expect, it } from 'vitest';
import { clip, segments, visible } from './visible';

describe('visible', () => {
  it('leaves ordinary text alone, in any script', () => {
    for (const text of ['', 'GET /orders/17?x=1', '<script>alert(1)</script>', 'Grüße, 東京, مرحبا, 🏰']) {
      expect(visible(text)).toBe(text);
    }
  });

  it.each([
    ['\u0000', '‹\\0›'],
    ['\n', '‹\\n›'],
    ['\u001b[31m', '‹U+001B›[31m'],
    ['\u007f', '‹U+007F›'],
    ['\u0085', '‹U+0085›'],
    ['\u00a0', '‹U+00A0›'],
    ['\u200b', '‹U+200B›'],
    ['\u2028', '‹U+2028›'],
    ['\u202e', '‹U+202E›'],
    ['\u2066', '‹U+2066›'],
    ['\u3164', '‹U+3164›'],
    ['\ufeff', '‹U+FEFF›'],
    ['\ud800', '‹U+D800›'],
    ['\u{e0041}', '‹U+E0041›'],
    ['\u{e0100}', '‹U+E0100›'],
  ])('names the hidden character %j', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it('covers every bidirectional control of Unicode', () => {
    const controls = [0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069];
    for (const code of controls) {
      expect(segments(String.fromCodePoint(code))[0]?.hidden).toBe(true);
    }
  });

  it('keeps order and marks which runs are names', () => {
    expect(segments('a\u202egnp.exe')).toEqual([
      { text: 'a', hidden: false },
      { text: 'U+202E', hidden: true },
      { text: 'gnp.exe', hidden: false },
    ]);
  });
});

describe('clip', () => {
  it('cuts long text and never splits a character', () => {
    expect(clip('abc', 3)).toBe('abc');
    expect(clip('abcd', 3)).toBe('abc…');
    expect(clip('ab🏰d', 3)).toBe('ab…');
  });
});
