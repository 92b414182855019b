import './callColumns.css';
import type { Call } from '../../api/types';
import { Badge } from '../../design/Badge';
import type { Column } from '../../design/Table';
import { Text } from '../../design/Text';
import { clock, took } from '../../text/format';
import { lookOf } from './outcome';

/** `bearer:9f2c41d07b1e55aa` → `bearer:9f2c41d0`: enough to tell two apart; the whole is in the event. */
export function shortCredential(credential: string): string {
  return credential.replace(/^([\w-]{1,20}:[0-9a-f]{8})[0-9a-f]+$/i, '$1');
}

/** `GET /orders/{id}` of a GET call → `/orders/{id}`: the method already stands beside it. */
function template(call: Call): string {
  const operation = call.operation ?? '';
  return operation.startsWith(`${call.method} `) ? operation.slice(call.method.length + 1) : operation;
}

function What({ call }: { call: Call }) {
  const operation = template(call);
  return (
    <div className="call-what">
      <Text value={call.method} mono className="call-method" />
      <Text value={call.path} mono className="call-path" />
      {operation === '' ? (
        <span className="call-template">not in the spec</span>
      ) : operation !== call.path ? (
        <Text value={operation} className="call-template" />
      ) : null}
    </div>
  );
}

function Why({ call }: { call: Call }) {
  const observed = call.observed?.[0];
  if (call.outcome !== 'forwarded' && (call.control || call.reason || call.detail)) {
    return (
      <div className="call-why">
        {call.control && <Text value={call.control} className="call-control" />}
        <Text value={call.detail || call.reason} className="call-reason" />
      </div>
    );
  }
  if (!observed) return null;
  const more = (call.observed?.length ?? 1) - 1;
  return (
    <div className="call-why">
      <Badge tone="observed" icon="observed" title="A control in observe mode: it would have denied this call">
        would deny
      </Badge>
      <Text value={`${observed.control}: ${observed.detail || observed.reason}`} className="call-reason" />
      {more > 0 && <span className="muted">+{more}</span>}
    </div>
  );
}

export const callColumns: readonly Column<Call>[] = [
  { name: 'Time', width: '112px', cell: (call) => <span className="muted" title={call.time}>{clock(call.time, true)}</span> },
  {
    name: 'Who',
    width: '250px',
    cell: (call) => (
      <div className="call-who">
        <Text value={call.client} className="call-client" />
        {call.actor ? (
          <Text value={call.actor} className="call-credential" />
        ) : call.credential ? (
          <Text value={shortCredential(call.credential)} className="call-credential" />
        ) : (
          <span className="call-credential">anonymous</span>
        )}
      </div>
    ),
  },
  { name: 'What', cell: (call) => <What call={call} /> },
  {
    name: 'How it ended',
    width: '152px',
    cell: (call) => {
      const look = lookOf(call.outcome);
      return (
        <div className="call-end">
          <span className="call-status">{call.status || '–'}</span>
          <Badge tone={look.tone} icon={look.icon} quiet={look.quiet} title={look.means}>
            {call.outcome}
          </Badge>
        </div>
      );
    },
  },
  { name: 'Took', width: '76px', align: 'right', wideOnly: true, cell: (call) => <span className="muted">{took(call.duration_us)}</span> },
  { name: 'Why', width: '29%', cell: (call) => <Why call={call} /> },
];
