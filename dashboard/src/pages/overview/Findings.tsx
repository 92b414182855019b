import './Operations.css';
import './Inventory.css';
import { useEffect, useMemo, useState } from 'react';
import { api } from '../../api/client';
import type { Finding, Standing } from '../../api/types';
import { Badge, type Tone } from '../../design/Badge';
import { Button } from '../../design/Button';
import { EmptyState } from '../../design/EmptyState';
import { Panel } from '../../design/Panel';
import { Segmented, type Choice } from '../../design/Segmented';
import { Table, type Column } from '../../design/Table';
import { Text } from '../../design/Text';
import { usePoll } from '../../hooks/usePoll';
import { ago, clock, count } from '../../text/format';

const keyOf = (f: Finding) => f.id;
const tones: Record<Finding['severity'], Tone> = { high: 'denied', medium: 'failed', low: 'neutral' };
const weight: Record<Finding['severity'], number> = { high: 2, medium: 1, low: 0 };
const limit = 200;

const standings: readonly Choice<Standing>[] = [
  { value: 'open', label: 'Open' },
  { value: 'closed', label: 'Closed' },
  { value: 'accepted', label: 'Accepted' },
];

function columns(nowMs: number): readonly Column<Finding>[] {
  return [
    {
      name: 'Severity', width: '104px', sortBy: (f) => weight[f.severity],
      cell: (f) => <Badge tone={tones[f.severity]}>{f.severity}</Badge>,
    },
    { name: 'Finding', sortBy: (f) => f.title, cell: (f) => <Text value={f.title} /> },
    {
      name: 'Endpoint', width: '320px', sortBy: (f) => `${f.path} ${f.method}`,
      cell: (f) => (
        <div className="ops-what">
          <Text value={f.method} mono className="ops-method" />
          <Text value={f.path} mono className="ops-path" />
        </div>
      ),
    },
    { name: 'API', width: '96px', wideOnly: true, sortBy: (f) => f.api, cell: (f) => <Text value={f.api} /> },
    { name: 'Times', width: '80px', align: 'right', sortBy: (f) => f.times, cell: (f) => count(f.times) },
    {
      name: 'Last seen', width: '104px', align: 'right', sortBy: (f) => Date.parse(f.last_seen),
      cell: (f) => <span title={f.last_seen}>{ago(f.last_seen, nowMs)}</span>,
    },
  ];
}

export interface FindingsProps {
  query: string;
  nowMs: number;
  onExpired: () => void;
  onCalls: (words: string) => void;
  /** Somebody closed, accepted or opened one. */
  onChanged: () => void;
}

/** What somebody should look at, with the calls that show it. */
export function Findings({ query, nowMs, onExpired, onCalls, onChanged }: FindingsProps) {
  const [standing, setStanding] = useState<Standing>('open');
  const [open, setOpen] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const asked = new URLSearchParams({ standing, limit: String(limit), ...(query.trim() ? { q: query.trim() } : {}) }).toString();
  const poll = usePoll(() => api.findings(asked), 5000);
  const { refresh } = poll;
  useEffect(() => refresh(), [asked, refresh]);
  const expired = poll.error?.kind === 'unauthorized';
  useEffect(() => {
    if (expired) onExpired();
  }, [expired, onExpired]);
  const all = useMemo(() => columns(nowMs), [nowMs]);
  const change = async (finding: Finding, to: Standing) => {
    try {
      await api.setFinding(finding.id, to);
      setTrouble(null);
      setOpen(null);
    } catch (e) {
      setTrouble((e as Error).message);
    }
    refresh();
    onChanged();
  };

  const data = poll.data;
  if (!data) return null;
  const shown = data.findings.find((f) => f.id === open) ?? null;
  return (
    <>
      <div className="inv-bar">
        <Segmented label="Standing" choices={standings} value={standing} onChange={setStanding} />
        {data.matching > limit && <span className="inv-mean">The worst {limit} of {count(data.matching)}</span>}
      </div>
      {data.findings.length > 0 ? (
        <Table label="Findings" columns={all} rows={data.findings} keyOf={keyOf} active={open} onOpen={(f) => setOpen(f.id)} />
      ) : data.total === 0 ? (
        <EmptyState title="Nothing was found yet">
          <p>
            Here stand attacks that were stopped, limits and log-ins that were run against, answers far larger than usual, and
            endpoints that are in no specification, past their end, open to anybody or not as their contract says.
          </p>
        </EmptyState>
      ) : (
        <EmptyState title={`No ${standing} finding${query.trim() ? ' matches' : ''}`}>
          <p>A closed finding opens again when it goes on; an accepted one does not.</p>
        </EmptyState>
      )}
      {shown && (
        <Panel
          label="Finding"
          onClose={() => setOpen(null)}
          title={
            <>
              <h2 className="event-what"><Text value={shown.title} whole /></h2>
              <p className="event-facts">
                <Badge tone={tones[shown.severity]}>{shown.severity}</Badge>
                <span>{count(shown.times)}×</span>
                <span title={shown.last_seen}>{ago(shown.last_seen, nowMs)}</span>
              </p>
            </>
          }
        >
          <p className="event-what">
            <Text value={shown.method} mono whole className="event-method" /> <Text value={shown.path} mono whole />
          </p>
          <div className="event-tools">
            {shown.standing !== 'open' && <Button onClick={() => void change(shown, 'open')}>Open again</Button>}
            {shown.standing !== 'closed' && <Button onClick={() => void change(shown, 'closed')}>Close</Button>}
            {shown.standing !== 'accepted' && <Button onClick={() => void change(shown, 'accepted')}>Accept</Button>}
            <Button onClick={() => onCalls(`${shown.method} ${shown.path}`)}>Show its calls</Button>
          </div>
          {trouble !== null && <p className="event-note" role="alert">{trouble}</p>}
          {shown.evidence.length > 0 && (
            <>
              <h3 className="inv-head">Evidence</h3>
              <ul className="inv-data">
                {shown.evidence.map((e) => (
                  <li key={`${e.call} ${e.text}`}>
                    <Button look="bare" title={e.call} onClick={() => onCalls(e.call)}>{clock(e.time, true)}</Button>{' '}
                    <Text value={e.text} whole />
                  </li>
                ))}
              </ul>
            </>
          )}
          <p className="event-note">First seen {ago(shown.first_seen, nowMs)}.</p>
        </Panel>
      )}
    </>
  );
}
