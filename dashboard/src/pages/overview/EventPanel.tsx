import './EventPanel.css';
import { useEffect, useState } from 'react';
import { api, ApiError } from '../../api/client';
import type { Call, CallEvent } from '../../api/types';
import { Badge } from '../../design/Badge';
import { Button } from '../../design/Button';
import { Panel } from '../../design/Panel';
import { Text } from '../../design/Text';
import { Tree } from '../../design/Tree';
import { clock, took } from '../../text/format';
import { lookOf } from './outcome';

function useEvent(id: string): { event: CallEvent | null; error: string | null } {
  const [state, setState] = useState<{ id: string; event: CallEvent | null; error: string | null }>({ id, event: null, error: null });
  useEffect(() => {
    let gone = false;
    api.call(id).then(
      (event) => gone || setState({ id, event, error: null }),
      (e: unknown) => {
        if (gone) return;
        const lost = e instanceof ApiError && e.kind === 'not_found';
        const error = lost ? 'The gateway no longer keeps this event; the row is what is left of it.' : String((e as Error).message);
        setState({ id, event: null, error });
      },
    );
    return () => {
      gone = true;
    };
  }, [id]);
  return state.id === id ? state : { event: null, error: null };
}

function Reason({ tone, lead, control, reason, detail }: {
  tone: 'denied' | 'failed' | 'observed';
  lead: string;
  control: string | undefined;
  reason: string | undefined;
  detail: string | undefined;
}) {
  return (
    <div className={`reason reason-${tone}`}>
      <p className="reason-lead">
        {lead} {control && <Text value={control} mono whole />}
      </p>
      {detail && <Text value={detail} whole />}
      {reason && <Text value={reason} mono whole className="muted" />}
    </div>
  );
}

export interface EventPanelProps {
  call: Call;
  onClose: () => void;
}

/** One call, whole: first how it ended and why, then every field of its event. */
export function EventPanel({ call, onClose }: EventPanelProps) {
  const { event, error } = useEvent(call.id);
  const look = lookOf(call.outcome);
  const copy = (text: string) => void navigator.clipboard?.writeText(text).catch(() => undefined);
  const title = (
    <>
      <h2 className="event-what">
        <Text value={call.method} mono whole className="event-method" /> <Text value={call.path} mono whole />
      </h2>
      <p className="event-facts">
        <span>{call.status || '–'}</span>
        <Badge tone={look.tone} icon={look.icon} quiet={look.quiet} title={look.means}>
          {call.outcome}
        </Badge>
        <span>{took(call.duration_us)}</span>
        <span title={call.time}>{clock(call.time, true)}</span>
      </p>
    </>
  );
  return (
    <Panel label="Event" title={title} onClose={onClose}>
      {call.outcome !== 'forwarded' && (call.control || call.reason || call.detail) && (
        <Reason
          tone={call.outcome === 'denied' ? 'denied' : 'failed'}
          lead={call.outcome === 'denied' ? 'Denied by' : 'Failed in'}
          control={call.control}
          reason={call.reason}
          detail={call.detail}
        />
      )}
      {call.observed?.map((o, i) => (
        <Reason key={i} tone="observed" lead="Would have been denied by" control={o.control} reason={o.reason} detail={o.detail} />
      ))}
      <div className="event-tools">
        <Button icon="copy" onClick={() => copy(call.id)} title={call.id}>
          Copy id
        </Button>
        <Button icon="copy" disabled={event === null} onClick={() => copy(JSON.stringify(event, null, 2))}>
          Copy as JSON
        </Button>
      </div>
      {error !== null && <p className="event-note">{error}</p>}
      {event !== null && <Tree value={event} />}
    </Panel>
  );
}
