import './Operations.css';
import { useMemo } from 'react';
import type { Operation } from '../../api/types';
import { Badge } from '../../design/Badge';
import { EmptyState } from '../../design/EmptyState';
import { Table, type Column } from '../../design/Table';
import { Text } from '../../design/Text';
import { ago, count, took } from '../../text/format';
import { matchesWords } from './feed';

const keyOf = (o: Operation) => `${o.api}\n${o.method}\n${o.path}`;
const neverCalled = (o: Operation) => o.calls === 0;
const time = (text: string | null) => (text === null ? null : Date.parse(text));

function Stage({ stage }: { stage: string }) {
  if (stage === 'deprecated') return <Badge tone="failed">deprecated</Badge>;
  if (stage === 'retired') return <Badge tone="denied">retired</Badge>;
  return (
    <Badge tone="neutral" quiet>
      <Text value={stage} />
    </Badge>
  );
}

function Some({ n, tone }: { n: number; tone: 'denied' | 'failed' }) {
  return <span className={n > 0 ? `ops-${tone}` : 'muted'}>{count(n)}</span>;
}

function columns(nowMs: number): readonly Column<Operation>[] {
  return [
    {
      name: 'Operation',
      sortBy: (o) => `${o.path} ${o.method}`,
      cell: (o) => (
        <div className="ops-what">
          <Text value={o.method} mono className="ops-method" />
          <Text value={o.path} mono className="ops-path" />
          <Text value={o.operation_id} className="ops-id" />
        </div>
      ),
    },
    { name: 'API', width: '96px', wideOnly: true, sortBy: (o) => o.api, cell: (o) => <Text value={o.api} /> },
    { name: 'Stage', width: '112px', sortBy: (o) => o.stage, cell: (o) => <Stage stage={o.stage} /> },
    { name: 'Calls', width: '88px', align: 'right', sortBy: (o) => o.calls, cell: (o) => count(o.calls) },
    { name: 'Denied', width: '88px', align: 'right', sortBy: (o) => o.denied, cell: (o) => <Some n={o.denied} tone="denied" /> },
    { name: 'Errors', width: '88px', align: 'right', sortBy: (o) => o.errors, cell: (o) => <Some n={o.errors} tone="failed" /> },
    {
      name: 'p50', width: '88px', align: 'right', sortBy: (o) => (o.calls > 0 ? o.p50_us : null),
      cell: (o) => (o.calls > 0 && o.p50_us !== null ? took(o.p50_us) : '–'),
    },
    {
      name: 'p99', width: '88px', align: 'right', sortBy: (o) => (o.calls > 0 ? o.p99_us : null),
      cell: (o) => (o.calls > 0 && o.p99_us !== null ? took(o.p99_us) : '–'),
    },
    {
      name: 'Last seen', width: '112px', align: 'right', sortBy: (o) => time(o.last_seen),
      cell: (o) => <span title={o.last_seen ?? undefined}>{ago(o.last_seen, nowMs)}</span>,
    },
  ];
}

export interface OperationsProps {
  operations: readonly Operation[] | null;
  query: string;
  nowMs: number;
  onOpen: (operation: Operation) => void;
}

/** What the spec offers, and which of it is used, refused and slow. */
export function Operations({ operations, query, nowMs, onOpen }: OperationsProps) {
  const shown = useMemo(
    () => (operations ?? []).filter((o) => matchesWords([o.api, o.method, o.path, o.operation_id, o.stage], query)),
    [operations, query],
  );
  const all = useMemo(() => columns(nowMs), [nowMs]);
  if (operations === null) return null;
  if (shown.length === 0) {
    return operations.length > 0 ? (
      <EmptyState title="No operation matches">
        <p>The filter looks at methods, paths, operation ids, stages and API names.</p>
      </EmptyState>
    ) : (
      <EmptyState title="No operation is known">
        <p>
          Operations come from the spec of each API. Name one in the configuration under <code>apis</code>, as{' '}
          <code>spec</code>, and reload.
        </p>
      </EmptyState>
    );
  }
  return (
    <Table
      label="Operations"
      columns={all}
      rows={shown}
      keyOf={keyOf}
      firstSort={{ column: 'Calls', down: true }}
      isMuted={neverCalled}
      onOpen={onOpen}
    />
  );
}
