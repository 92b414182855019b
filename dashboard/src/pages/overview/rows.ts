/** Moving through the rows of the table in view by key, for the shortcuts of the page. */

function rowsIn(place: HTMLElement | null): HTMLElement[] {
  return [...(place?.querySelectorAll<HTMLElement>('tr[data-row]') ?? [])];
}

/**
 * Steps from `from`, or from the row with focus, or onto the first row. With `from` the focus stays where it is, since
 * an open panel has it. Returns the key of the row stepped to.
 */
export function moveRow(place: HTMLElement | null, by: 1 | -1, from: string | null): string | null {
  const rows = rowsIn(place);
  const at = rows.findIndex((row) => (from === null ? row === document.activeElement : row.dataset['row'] === from));
  const next = rows[at === -1 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)];
  if (!next) return null;
  if (from === null) next.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest' });
  return next.dataset['row'] ?? null;
}

export function focusRow(key: string): void {
  document.querySelector<HTMLElement>(`tr[data-row="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}
