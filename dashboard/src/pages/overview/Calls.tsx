import { useMemo } from 'react';
import type { Call } from '../../api/types';
import { Button } from '../../design/Button';
import { EmptyState } from '../../design/EmptyState';
import { Command } from '../../design/Command';
import { Table } from '../../design/Table';
import { count } from '../../text/format';
import { callColumns } from './callColumns';
import { hasVerdict, matches, type Verdict } from './feed';
import type { Calls as Feed } from './useCalls';

const keyOf = (call: Call) => String(call.seq);

export interface CallsProps {
  feed: Feed;
  query: string;
  verdict: Verdict;
  active: string | null;
  command: string;
  onOpen: (call: Call) => void;
  onClear: () => void;
}

/** What is being called right now, by whom, and how it ends. */
export function Calls({ feed, query, verdict, active, command, onOpen, onClear }: CallsProps) {
  const shown = useMemo(
    () => feed.calls.filter((call) => hasVerdict(call, verdict) && matches(call, query)),
    [feed.calls, query, verdict],
  );
  if (shown.length > 0) {
    return <Table label="Live calls" columns={callColumns} rows={shown} keyOf={keyOf} active={active} onOpen={onOpen} />;
  }
  if (!feed.ready) return null;
  if (feed.calls.length > 0) {
    return (
      <EmptyState title="No call matches" action={<Button onClick={onClear}>Clear the filter</Button>}>
        <p>
          None of the last {count(feed.calls.length)} calls fits the filter. New ones that fit appear here by themselves.
          A word finds paths, clients, controls and status codes; a word after a minus sign leaves them out.
        </p>
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No call has come in yet" action={<Command text={command} />}>
      <p>Every call through the gateway appears here as it ends: who made it, what it asked for, how it ended and why.</p>
      <p>Send one from a shell:</p>
    </EmptyState>
  );
}
