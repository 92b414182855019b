import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError } from '../api/client';

export interface Poll<T> {
  /** The last good answer; kept while later requests fail, so that a hiccup empties no screen. */
  data: T | null;
  error: ApiError | null;
  refresh: () => void;
}

const slowestMs = 15_000;

/** The wait before the next request: doubles with each failure in a row, up to 15 s. */
export function backoff(everyMs: number, failures: number): number {
  return failures === 0 ? everyMs : Math.min(everyMs * 2 ** failures, Math.max(slowestMs, everyMs));
}

/**
 * Asks again `everyMs` after each answer; never two requests at once, none while the tab is hidden.
 * `ask` may change between renders; the newest one is used.
 */
export function usePoll<T>(ask: () => Promise<T>, everyMs: number): Poll<T> {
  const [data, setData] = useState<T | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [round, setRound] = useState(0);
  const newest = useRef(ask);
  useEffect(() => {
    newest.current = ask;
  });

  useEffect(() => {
    let stopped = false;
    let timer = 0;
    let busy = false;
    let failures = 0;

    const step = async () => {
      window.clearTimeout(timer);
      if (busy || document.hidden) return;
      busy = true;
      try {
        const answer = await newest.current();
        if (stopped) return;
        failures = 0;
        setData(answer);
        setError(null);
      } catch (e) {
        if (stopped) return;
        failures += 1;
        setError(e instanceof ApiError ? e : new ApiError('malformed', 'The answer could not be read.'));
      } finally {
        busy = false;
      }
      if (!stopped) timer = window.setTimeout(step, backoff(everyMs, failures));
    };
    const woke = () => {
      if (!document.hidden) void step();
    };

    void step();
    document.addEventListener('visibilitychange', woke);
    return () => {
      stopped = true;
      window.clearTimeout(timer);
      document.removeEventListener('visibilitychange', woke);
    };
  }, [everyMs, round]);

  const refresh = useCallback(() => setRound((n) => n + 1), []);
  return { data, error, refresh };
}
