/** Round numbers for an axis. */

/** The smallest of 1, 2, 4, 6, 8 times a power of ten that reaches `value`, and at least `least`: a calm axis whose half is whole. */
export function ceiling(value: number, least = 4): number {
  const wanted = Math.max(value, least);
  const power = 10 ** Math.floor(Math.log10(wanted));
  for (const step of [1, 2, 4, 6, 8, 10]) {
    if (step * power >= wanted) return step * power;
  }
  return 10 * power;
}
