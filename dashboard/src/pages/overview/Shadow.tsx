import { useMemo } from 'react';
import type { ShadowEndpoint } from '../../api/types';
import { Badge } from '../../design/Badge';
import { Command } from '../../design/Command';
import { EmptyState } from '../../design/EmptyState';
import { Table, type Column } from '../../design/Table';
import { Text } from '../../design/Text';
import { ago, count } from '../../text/format';
import { matchesWords } from './feed';
import { shadowCall } from './suggest';

const keyOf = (e: ShadowEndpoint) => `${e.api}\n${e.host}\n${e.method}\n${e.path}`;

/** Refused at the gateway every time, or did something get through and answer? */
function Reached({ endpoint }: { endpoint: ShadowEndpoint }) {
  const through = endpoint.calls - endpoint.denied;
  if (through <= 0) return <Badge tone="neutral" icon="denied">all denied</Badge>;
  return <Badge tone="denied" icon="forwarded">{`${count(through)} got through`}</Badge>;
}

function columns(nowMs: number): readonly Column<ShadowEndpoint>[] {
  return [
    {
      name: 'Endpoint',
      sortBy: (e) => `${e.path} ${e.method}`,
      cell: (e) => (
        <div className="ops-what">
          <Text value={e.method} mono className="ops-method" />
          <Text value={e.path} mono className="ops-path" />
        </div>
      ),
    },
    { name: 'API', width: '96px', wideOnly: true, sortBy: (e) => e.api, cell: (e) => <Text value={e.api} /> },
    { name: 'Host', width: '148px', wideOnly: true, sortBy: (e) => e.host, cell: (e) => <Text value={e.host} /> },
    { name: 'Reached', width: '144px', sortBy: (e) => e.denied - e.calls, cell: (e) => <Reached endpoint={e} /> },
    { name: 'Calls', width: '80px', align: 'right', sortBy: (e) => e.calls, cell: (e) => count(e.calls) },
    { name: 'Clients', width: '80px', align: 'right', sortBy: (e) => e.clients, cell: (e) => count(e.clients) },
    { name: 'Status', width: '80px', align: 'right', sortBy: (e) => e.last_status, cell: (e) => e.last_status || '–' },
    {
      name: 'First seen', width: '112px', align: 'right', sortBy: (e) => Date.parse(e.first_seen),
      cell: (e) => <span title={e.first_seen}>{ago(e.first_seen, nowMs)}</span>,
    },
    {
      name: 'Last seen', width: '112px', align: 'right', sortBy: (e) => Date.parse(e.last_seen),
      cell: (e) => <span title={e.last_seen}>{ago(e.last_seen, nowMs)}</span>,
    },
  ];
}

export interface ShadowProps {
  endpoints: readonly ShadowEndpoint[] | null;
  query: string;
  nowMs: number;
  onOpen: (endpoint: ShadowEndpoint) => void;
}

/** What is called although no spec has it. */
export function Shadow({ endpoints, query, nowMs, onOpen }: ShadowProps) {
  const shown = useMemo(
    () => (endpoints ?? []).filter((e) => matchesWords([e.api, e.host, e.method, e.path, String(e.last_status)], query)),
    [endpoints, query],
  );
  const all = useMemo(() => columns(nowMs), [nowMs]);
  if (endpoints === null) return null;
  if (endpoints.length === 0) {
    return (
      <EmptyState title="No call has reached an endpoint outside your spec yet" action={<Command text={shadowCall} />}>
        <p>
          A shadow endpoint is one that callers use and the spec does not have: a forgotten debug page, an old version, a
          probe. The gateway refuses such calls, and every endpoint they ask for is listed here. What belongs to your API
          goes into the spec; what does not should be taken out of the service.
        </p>
        <p>Try it from a shell:</p>
      </EmptyState>
    );
  }
  if (shown.length === 0) {
    return (
      <EmptyState title="No shadow endpoint matches">
        <p>The filter looks at methods, hosts, paths and status codes.</p>
      </EmptyState>
    );
  }
  return (
    <Table
      label="Shadow endpoints"
      columns={all}
      rows={shown}
      keyOf={keyOf}
      firstSort={{ column: 'Last seen', down: true }}
      onOpen={onOpen}
    />
  );
}
