import './Operations.css';
import './Inventory.css';
import { useEffect, useMemo } from 'react';
import { api } from '../../api/client';
import type { DataFlow } from '../../api/types';
import { Badge } from '../../design/Badge';
import { EmptyState } from '../../design/EmptyState';
import { Table, type Column } from '../../design/Table';
import { Text } from '../../design/Text';
import { usePoll } from '../../hooks/usePoll';
import { ago, count } from '../../text/format';
import { matchesWords } from './feed';

type Flow = DataFlow & { class: string; type: string };
const keyOf = (f: Flow) => `${f.class} ${f.type} ${f.side}\n${f.api}\n${f.method}\n${f.path}`;

function columns(nowMs: number): readonly Column<Flow>[] {
  return [
    { name: 'Class', width: '104px', sortBy: (f) => f.class, cell: (f) => <b>{f.class}</b> },
    { name: 'Type', width: '136px', sortBy: (f) => f.type, cell: (f) => <Text value={f.type} mono /> },
    {
      name: 'Flows', width: '112px', sortBy: (f) => f.side,
      cell: (f) => (f.side === 'request' ? 'to the API' : 'to callers'),
    },
    {
      name: 'Endpoint',
      sortBy: (f) => `${f.path} ${f.method}`,
      cell: (f) => (
        <div className="ops-what">
          <Text value={f.method} mono className="ops-method" />
          <Text value={f.path} mono className="ops-path" />
        </div>
      ),
    },
    { name: 'Place', width: '176px', wideOnly: true, sortBy: (f) => f.place, cell: (f) => <Text value={f.place || '/'} mono /> },
    {
      name: 'Care', width: '168px', sortBy: (f) => (f.open ? 0 : f.declared ? 2 : 1),
      cell: (f) =>
        f.open && f.side === 'response' ? (
          <Badge tone="denied" title="Callers that proved nothing got answers here.">to anybody</Badge>
        ) : f.declared ? (
          <Badge tone="neutral" quiet>declared</Badge>
        ) : (
          <Badge tone="failed" title="The specification does not name this class of data.">undeclared</Badge>
        ),
    },
    { name: 'Callers', width: '80px', align: 'right', wideOnly: true, sortBy: (f) => f.callers, cell: (f) => count(f.callers) },
    { name: 'Seen', width: '72px', align: 'right', sortBy: (f) => f.times, cell: (f) => `${count(f.times)}×` },
    {
      name: 'Last seen', width: '104px', align: 'right', sortBy: (f) => Date.parse(f.last_seen),
      cell: (f) => <span title={f.last_seen}>{ago(f.last_seen, nowMs)}</span>,
    },
  ];
}

export interface DataMapProps {
  query: string;
  nowMs: number;
  onExpired: () => void;
  onEndpoint: (words: string) => void;
}

/** Which class of sensitive data flows where, and whether somebody said that it may. */
export function DataMap({ query, nowMs, onExpired, onEndpoint }: DataMapProps) {
  const poll = usePoll(api.data, 5000);
  const expired = poll.error?.kind === 'unauthorized';
  useEffect(() => {
    if (expired) onExpired();
  }, [expired, onExpired]);
  const flows = useMemo(
    () => (poll.data ?? []).flatMap((t) => t.flows.map((f) => ({ ...f, class: t.class, type: t.type }))),
    [poll.data],
  );
  const shown = useMemo(
    () => flows.filter((f) => matchesWords([f.class, f.type, f.side, f.api, f.method, f.path, f.place], query)),
    [flows, query],
  );
  const all = useMemo(() => columns(nowMs), [nowMs]);
  if (!poll.data) return null;
  if (flows.length === 0) {
    return (
      <EmptyState title="No sensitive data was seen yet">
        <p>
          A sample of the bodies that pass is searched for cards, national numbers, health ids, credentials and more; types and
          places are noted, values never. What is found appears here. The control <code>data_classes</code> says how much is looked at.
        </p>
      </EmptyState>
    );
  }
  if (shown.length === 0) {
    return (
      <EmptyState title="No flow matches">
        <p>The filter looks at classes, types, methods, paths and places.</p>
      </EmptyState>
    );
  }
  return (
    <Table
      label="Data map"
      columns={all}
      rows={shown}
      keyOf={keyOf}
      firstSort={{ column: 'Care', down: false }}
      onOpen={(f) => onEndpoint(`${f.method} ${f.path}`)}
    />
  );
}
