import './Operations.css';
import './Inventory.css';
import { useEffect, useMemo, useState } from 'react';
import { api } from '../../api/client';
import type { Endpoint, PostureState } from '../../api/types';
import { Badge, type Tone } from '../../design/Badge';
import { Button } from '../../design/Button';
import { EmptyState } from '../../design/EmptyState';
import { Segmented, type Choice } from '../../design/Segmented';
import { Table, type Column, type Sort } from '../../design/Table';
import { Text } from '../../design/Text';
import { usePoll } from '../../hooks/usePoll';
import { ago, count } from '../../text/format';
import { EndpointPanel } from './EndpointPanel';
import { endpointQuery, gradeOf, meanings, pageSize } from './endpoints';

const keyOf = (e: Endpoint) => `${e.api}\n${e.method}\n${e.path}`;
const never = (e: Endpoint) => e.calls === 0;
const tones: Record<PostureState, Tone> = {
  documented: 'neutral',
  shadow: 'denied',
  zombie: 'denied',
  orphan: 'neutral',
  unauthenticated: 'denied',
  drifting: 'failed',
};

export function StateBadges({ states }: { states: readonly PostureState[] }) {
  const told = states.length > 1 ? states.filter((state) => state !== 'documented') : states;
  return (
    <span className="inv-states">
      {told.map((state) => (
        <Badge key={state} tone={tones[state]} quiet={state === 'documented'} title={meanings[state]}>
          {state}
        </Badge>
      ))}
    </span>
  );
}

/** A number and a bar that say the same. */
export function Score({ score }: { score: number }) {
  return (
    <span className={`inv-score inv-${gradeOf(score)}`}>
      {score}
      <meter min={0} max={100} low={60} high={85} optimum={100} value={score} aria-label={`Posture score ${score} of 100`} />
    </span>
  );
}

function columns(nowMs: number): readonly Column<Endpoint>[] {
  const sortable = { sortBy: () => null };
  return [
    {
      name: 'Endpoint',
      ...sortable,
      cell: (e) => (
        <div className="ops-what">
          <Text value={e.method} mono className="ops-method" />
          <Text value={e.path} mono className="ops-path" />
        </div>
      ),
    },
    { name: 'API', width: '96px', wideOnly: true, ...sortable, cell: (e) => <Text value={e.api} /> },
    { name: 'State', width: '216px', cell: (e) => <StateBadges states={e.states} /> },
    { name: 'Score', width: '104px', ...sortable, cell: (e) => <Score score={e.score} /> },
    {
      name: 'Data', width: '128px', wideOnly: true,
      cell: (e) => <Text value={[...new Set(e.data.map((d) => d.class))].join(', ') || '–'} />,
    },
    { name: 'Calls', width: '80px', align: 'right', ...sortable, cell: (e) => count(e.calls) },
    { name: 'Denied', width: '80px', align: 'right', wideOnly: true, ...sortable, cell: (e) => count(e.denied) },
    { name: 'Callers', width: '80px', align: 'right', wideOnly: true, ...sortable, cell: (e) => count(e.callers) },
    {
      name: 'Last seen', width: '104px', align: 'right', ...sortable,
      cell: (e) => <span title={e.last_seen ?? undefined}>{ago(e.last_seen, nowMs)}</span>,
    },
  ];
}

export interface InventoryProps {
  query: string;
  nowMs: number;
  onExpired: () => void;
  onCalls: (endpoint: Endpoint) => void;
}

/** Every endpoint that is declared or seen, how it stands, and why. Searched, sorted and paged by the gateway. */
export function Inventory({ query, nowMs, onExpired, onCalls }: InventoryProps) {
  const [state, setState] = useState<PostureState | 'all'>('all');
  const [sort, setSort] = useState<Sort>({ column: 'Score', down: false });
  const [page, setPage] = useState(0);
  const [open, setOpen] = useState<string | null>(null);
  useEffect(() => setPage(0), [query, state, sort]);
  const asked = endpointQuery({ query, state, sort, page });
  const poll = usePoll(() => api.endpoints(asked), 5000);
  const { refresh } = poll;
  useEffect(() => refresh(), [asked, refresh]);
  const expired = poll.error?.kind === 'unauthorized';
  useEffect(() => {
    if (expired) onExpired();
  }, [expired, onExpired]);
  const all = useMemo(() => columns(nowMs), [nowMs]);

  const data = poll.data;
  const shown = data?.endpoints.find((e) => keyOf(e) === open) ?? null;
  if (!data) return null;
  const choices: readonly Choice<PostureState | 'all'>[] = [
    { value: 'all', label: 'All', extra: count(data.total) },
    ...(Object.keys(meanings) as PostureState[])
      .filter((one) => data.states[one] > 0 || one === state)
      .map((one) => ({ value: one, label: one, extra: count(data.states[one]) })),
  ];
  const last = Math.min((page + 1) * pageSize, data.matching);
  return (
    <>
      <div className="inv-bar">
        <Segmented label="State" choices={choices} value={state} onChange={setState} />
        <span className="inv-mean" title="The mean of all endpoints">
          Posture <Score score={data.score} />
        </span>
        <a className="button button-plain" href={api.endpointsCsv(asked)} download>
          Export CSV
        </a>
      </div>
      {data.endpoints.length > 0 ? (
        <Table
          label="Inventory"
          columns={all}
          rows={data.endpoints}
          keyOf={keyOf}
          active={open}
          isMuted={never}
          order={{ sort, onSort: setSort }}
          onOpen={(e) => setOpen(keyOf(e))}
        />
      ) : data.total > 0 ? (
        <EmptyState title="No endpoint matches">
          <p>Words are sought in methods, paths, APIs, owners, purposes, states and types of data; a word after a minus sign leaves out.</p>
        </EmptyState>
      ) : (
        <EmptyState title="The inventory is empty">
          <p>
            Endpoints come from the spec of each API, and from calls. Name a spec in the configuration under <code>apis</code>,
            as <code>spec</code>, and reload; or send a call through the gateway.
          </p>
        </EmptyState>
      )}
      {data.matching > pageSize && (
        <nav className="inv-pages" aria-label="Pages">
          <Button disabled={page === 0} onClick={() => setPage(page - 1)}>
            Previous
          </Button>
          <span>
            {count(page * pageSize + 1)}–{count(last)} of {count(data.matching)}
          </span>
          <Button disabled={last >= data.matching} onClick={() => setPage(page + 1)}>
            Next
          </Button>
        </nav>
      )}
      {data.left_out > 0 && <p className="inv-note">{count(data.left_out)} declared endpoints had no room in the inventory.</p>}
      {shown && <EndpointPanel endpoint={shown} nowMs={nowMs} onClose={() => setOpen(null)} onCalls={() => onCalls(shown)} />}
    </>
  );
}
