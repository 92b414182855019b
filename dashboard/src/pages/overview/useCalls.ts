import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { api, type ApiError } from '../../api/client';
import type { Call } from '../../api/types';
import { usePoll } from '../../hooks/usePoll';
import { merge } from './feed';

const pageSize = 200;
/** A burst is read at most this many pages at a time; the rest comes with the next poll. */
const mostPages = 5;

export interface Calls {
  calls: readonly Call[];
  /** Calls that arrived while held, not yet shown. */
  waiting: number;
  ready: boolean;
  error: ApiError | null;
}

/**
 * The live list of calls. While `held`, new ones are counted but the list stands still, so that a row never moves under
 * a reader. `epoch` names the run of the gateway: when it changes, sequence numbers start anew and so does the list.
 */
export function useCalls(held: boolean, epoch: string): Calls {
  const after = useRef<number | null>(null);
  const [all, setAll] = useState<readonly Call[]>([]);
  const [frozen, setFrozen] = useState<readonly Call[] | null>(null);

  const restart = useCallback(() => {
    after.current = null;
    setAll([]);
    setFrozen(null);
  }, []);

  const known = useRef(epoch);
  useEffect(() => {
    if (known.current !== '' && known.current !== epoch) restart();
    known.current = epoch;
  }, [epoch, restart]);

  const ask = useCallback(async () => {
    const arrived: Call[] = [];
    for (let page = 0; page < mostPages; page += 1) {
      const answer = await api.calls(after.current, pageSize);
      if (after.current !== null && answer.next < after.current) {
        restart();
        return true;
      }
      const first = after.current === null;
      after.current = answer.next;
      arrived.push(...answer.calls);
      if (first || answer.calls.length < pageSize) break;
    }
    setAll((before) => merge(before, arrived));
    return true;
  }, [restart]);

  const { data, error } = usePoll(ask, 1500);

  useEffect(() => {
    setFrozen(held ? all : null);
    // `all` is left out on purpose: only the moment of holding counts, not what arrives later.
  }, [held]);

  const newest = frozen?.[0]?.seq ?? -1;
  const waiting = useMemo(() => (frozen ? all.filter((call) => call.seq > newest).length : 0), [all, frozen, newest]);
  return { calls: frozen ?? all, waiting, ready: data !== null, error };
}
