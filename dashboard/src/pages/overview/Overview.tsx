import './Overview.css';
import { useCallback, useEffect, useRef, useState, type UIEvent } from 'react';
import { api } from '../../api/client';
import type { Call } from '../../api/types';
import { KeyHints, type Hint } from '../../design/KeyHint';
import { Tabs } from '../../design/Tabs';
import { useKeys } from '../../hooks/useKeys';
import { usePoll } from '../../hooks/usePoll';
import { count } from '../../text/format';
import { Calls } from './Calls';
import { DataMap } from './DataMap';
import { EventPanel } from './EventPanel';
import type { Verdict } from './feed';
import { Findings } from './Findings';
import { Header } from './Header';
import { Inventory } from './Inventory';
import { Operations } from './Operations';
import { Pulse } from './Pulse';
import { moveRow, focusRow } from './rows';
import { Shadow } from './Shadow';
import { suggestCall } from './suggest';
import { Toolbar } from './Toolbar';
import { useCalls } from './useCalls';
import { useView, type View } from './useView';

const hints: readonly Hint[] = [
  { keys: ['j', 'k'], does: 'move' },
  { keys: ['Enter'], does: 'open' },
  { keys: ['Esc'], does: 'close' },
  { keys: ['/'], does: 'filter' },
  { keys: ['p'], does: 'pause' },
  { keys: ['1', '…', '6'], does: 'section' },
];

const openFindings = () => api.findings('standing=open&limit=1');

export interface OverviewProps {
  user: string;
  onExpired: () => void;
  onLogout: () => void;
}

/** The first page: what the gateway does right now, what it protects, and what it should not have seen. */
export function Overview({ user, onExpired, onLogout }: OverviewProps) {
  const [view, setView] = useView();
  const [query, setQuery] = useState('');
  const [verdict, setVerdict] = useState<Verdict>('all');
  const [paused, setPaused] = useState(false);
  const [scrolled, setScrolled] = useState(false);
  const [open, setOpen] = useState<Call | null>(null);
  const filter = useRef<HTMLInputElement>(null);
  const scroller = useRef<HTMLDivElement>(null);

  const summary = usePoll(api.summary, 2000);
  const operations = usePoll(api.operations, 5000);
  const shadow = usePoll(api.shadow, 5000);
  const findings = usePoll(openFindings, 5000);
  // The list stands still while someone reads it: paused, scrolled away from the top, or with an event open.
  const held = paused || open !== null || (scrolled && view === 'calls');
  const feed = useCalls(held, summary.data?.started_at ?? '');

  const error = summary.error ?? feed.error;
  const expired = [summary, feed, operations, shadow].some((poll) => poll.error?.kind === 'unauthorized');
  useEffect(() => {
    if (expired) onExpired();
  }, [expired, onExpired]);

  const show = useCallback((next: View, words = '', only: Verdict = 'all') => {
    setOpen(null);
    setQuery(words);
    setVerdict(only);
    setView(next);
    setScrolled(false);
    scroller.current?.scrollTo(0, 0);
  }, [setView]);
  const close = useCallback(() => {
    setOpen((call) => {
      if (call) focusRow(String(call.seq));
      return null;
    });
  }, []);
  const follow = () => {
    setPaused(!held);
    setOpen(null);
    setScrolled(false);
    scroller.current?.scrollTo(0, 0);
  };
  const step = (by: 1 | -1) => {
    const row = moveRow(scroller.current, by, open ? String(open.seq) : null);
    if (open && row) setOpen(feed.calls.find((call) => String(call.seq) === row) ?? open);
  };

  useKeys({
    '/': () => filter.current?.focus(),
    p: () => (view === 'calls' ? follow() : undefined),
    j: () => step(1),
    k: () => step(-1),
    Escape: () => (open ? close() : show(view)),
    '1': () => show('calls'),
    '2': () => show('findings'),
    '3': () => show('inventory'),
    '4': () => show('data'),
    '5': () => show('operations'),
    '6': () => show('shadow'),
  });

  // The clock of the gateway, so that "12 s ago" is right on a machine whose own clock is not.
  const nowMs = summary.data ? Date.parse(summary.data.started_at) + summary.data.uptime_s * 1000 : Date.now();
  const shadows = shadow.data?.length ?? 0;
  return (
    <div className="overview">
      <Header user={user} summary={summary.data} error={error} onLogout={onLogout} />
      <main className="overview-main">
        <Pulse summary={summary.data} onVerdict={(only) => show('calls', '', only)} />
        <section className="sheet" aria-label="Details">
          <div className="sheet-bar">
            <Tabs
              label="Details"
              value={view}
              onChange={(next) => show(next)}
              tabs={[
                { value: 'calls', label: 'Live calls' },
                { value: 'findings', label: 'Findings', count: count(findings.data?.open ?? 0), warn: (findings.data?.open ?? 0) > 0 },
                { value: 'inventory', label: 'Inventory' },
                { value: 'data', label: 'Data map' },
                { value: 'operations', label: 'Operations', count: count(operations.data?.length ?? 0) },
                { value: 'shadow', label: 'Shadow endpoints', count: count(shadows), warn: shadows > 0 },
              ]}
            />
            <Toolbar
              view={view}
              query={query}
              onQuery={setQuery}
              filter={filter}
              verdict={verdict}
              onVerdict={setVerdict}
              held={held}
              waiting={feed.waiting}
              onFollow={follow}
            />
          </div>
          <div
            className="sheet-body"
            id={`panel-${view}`}
            role="tabpanel"
            aria-labelledby={`tab-${view}`}
            ref={scroller}
            onScroll={(event: UIEvent<HTMLDivElement>) => setScrolled(event.currentTarget.scrollTop > 8)}
          >
            {view === 'calls' && (
              <Calls
                feed={feed}
                query={query}
                verdict={verdict}
                active={open ? String(open.seq) : null}
                command={suggestCall(operations.data ?? [])}
                onOpen={setOpen}
                onClear={() => show('calls')}
              />
            )}
            {view === 'findings' && (
              <Findings query={query} nowMs={nowMs} onExpired={onExpired} onCalls={(words) => show('calls', words)} onChanged={findings.refresh} />
            )}
            {view === 'inventory' && (
              <Inventory query={query} nowMs={nowMs} onExpired={onExpired} onCalls={(e) => show('calls', `${e.method} ${e.path}`)} />
            )}
            {view === 'data' && (
              <DataMap query={query} nowMs={nowMs} onExpired={onExpired} onEndpoint={(words) => show('inventory', words)} />
            )}
            {view === 'operations' && (
              <Operations operations={operations.data} query={query} nowMs={nowMs}
                onOpen={(o) => show('calls', `${o.method} ${o.path}`)} />
            )}
            {view === 'shadow' && (
              <Shadow endpoints={shadow.data} query={query} nowMs={nowMs} onOpen={(e) => show('calls', `${e.method} ${e.path}`)} />
            )}
          </div>
        </section>
      </main>
      <footer className="overview-foot">
        <KeyHints hints={hints} />
      </footer>
      {open && <EventPanel call={open} onClose={close} />}
    </div>
  );
}
