/**
 * Everything a gateway shows was written by a caller, perhaps an attacker. React renders it as text, so it cannot
 * become markup; this file stops it from *misleading*: characters that move, hide or imitate other text (controls,
 * bidirectional overrides, zero-width, odd spaces, lone surrogates, variation selectors) are named instead of obeyed.
 * See Unicode TR 36 and CVE-2021-42574 ("Trojan Source").
 */
export interface Segment {
  text: string;
  /** True when `text` is the name of a hidden character, like `U+202E`. */
  hidden: boolean;
}

const hidden =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180D\u2800\u3164\uFFA0\uFE00-\uFE0F\u{E0100}-\u{E01EF}]|(?! )\p{Zs}/gu;

const short: Record<number, string> = { 0x00: '\\0', 0x09: '\\t', 0x0a: '\\n', 0x0d: '\\r' };

function nameOf(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return short[code] ?? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Splits `text` into plain runs and names of hidden characters, in order. Linear in the length of `text`. */
export function segments(text: string): Segment[] {
  const out: Segment[] = [];
  let from = 0;
  for (const match of text.matchAll(hidden)) {
    if (match.index > from) out.push({ text: text.slice(from, match.index), hidden: false });
    out.push({ text: nameOf(match[0]), hidden: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) out.push({ text: text.slice(from), hidden: false });
  return out;
}

/** The same as one string, for places that take no markup, such as `title`: hidden characters stand in ‹ ›. */
export function visible(text: string): string {
  return segments(text)
    .map((s) => (s.hidden ? `‹${s.text}›` : s.text))
    .join('');
}

/** Cuts `text` to at most `limit` characters, never inside a surrogate pair. */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const last = text.charCodeAt(limit - 1);
  const end = last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit;
  return `${text.slice(0, end)}…`;
}
