import type { Operation } from '../../api/types';

/**
 * A harmless call to try, for pasting into a shell: so it is built only from a path of plain characters, and falls back
 * to the root. The spec is the operator's own, but a command line is no place for trust.
 */
export function suggestCall(operations: readonly Operation[]): string {
  const plain = operations.find((o) => o.method === 'GET' && /^\/[A-Za-z0-9/_.-]{0,80}$/.test(o.path) && !o.path.includes('..'));
  return `curl -k https://localhost:8443${plain?.path ?? '/'}`;
}

/** A call that no spec lists. */
export const shadowCall = 'curl -k https://localhost:8443/internal/debug/config';
