import type { ReactNode } from 'react';
import type { Endpoint } from '../../api/types';
import { Button } from '../../design/Button';
import { Panel } from '../../design/Panel';
import { Text } from '../../design/Text';
import { ago, count, took } from '../../text/format';
import { Score, StateBadges } from './Inventory';

const access: Record<Endpoint['access'], string> = {
  unsaid: 'the contract does not say',
  anybody: 'anybody, says the contract',
  known: 'known callers only, says the contract',
};

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

export interface EndpointPanelProps {
  endpoint: Endpoint;
  nowMs: number;
  onClose: () => void;
  onCalls: () => void;
}

/** One endpoint, whole: how it stands and why first, then what is declared and what was seen. */
export function EndpointPanel({ endpoint: e, nowMs, onClose, onCalls }: EndpointPanelProps) {
  const title = (
    <>
      <h2 className="event-what">
        <Text value={e.method} mono whole className="event-method" /> <Text value={e.path} mono whole />
      </h2>
      <p className="event-facts">
        <Score score={e.score} /> <StateBadges states={e.states} />
      </p>
    </>
  );
  return (
    <Panel label="Endpoint" title={title} onClose={onClose}>
      {e.reasons.length > 0 ? (
        <ul className="inv-reasons" aria-label="Why">
          {e.reasons.map((reason) => (
            <li key={reason.text}>
              <span className="inv-points">−{reason.points}</span> <Text value={reason.text} whole />
            </li>
          ))}
        </ul>
      ) : (
        <p className="event-note">Nothing to complain of.</p>
      )}
      <div className="event-tools">
        <Button onClick={onCalls}>Show its calls</Button>
      </div>
      <h3 className="inv-head">Declared</h3>
      <dl className="inv-facts">
        <Fact name="API"><Text value={`${e.api}${e.version ? ` ${e.version}` : ''}`} whole /></Fact>
        <Fact name="Stage"><Text value={e.stage} />{e.sunset && <> until {e.sunset.slice(0, 10)}</>}</Fact>
        <Fact name="Owner"><Text value={e.owner ?? 'nobody'} whole /></Fact>
        <Fact name="Purpose"><Text value={e.purpose ?? 'not said'} whole /></Fact>
        <Fact name="Who may call">{access[e.access]}</Fact>
        <Fact name="Data"><Text value={e.data_declared.join(', ') || 'not said'} whole /></Fact>
      </dl>
      <h3 className="inv-head">Seen</h3>
      <dl className="inv-facts">
        <Fact name="Calls">{count(e.calls)}, {count(e.denied)} denied, {count(e.errors)} failed</Fact>
        <Fact name="Callers">{count(e.callers)}</Fact>
        <Fact name="Known by">
          <Text value={e.auth.map((a) => `${a.how} (${count(a.calls)})`).join(', ') || 'no call was answered'} whole />
        </Fact>
        <Fact name="Took">{e.p50_us > 0 ? `${took(e.p50_us)} half of them, ${took(e.p99_us)} all but one in a hundred` : '–'}</Fact>
        <Fact name="First and last">{ago(e.first_seen, nowMs)}, {ago(e.last_seen, nowMs)}</Fact>
      </dl>
      {e.data.length > 0 && (
        <>
          <h3 className="inv-head">Sensitive data</h3>
          <ul className="inv-data">
            {e.data.map((d) => (
              <li key={`${d.side} ${d.type}`}>
                <b>{d.class}</b> <Text value={d.type} mono /> in the {d.side} at <Text value={d.place} mono whole />, {count(d.times)}×
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}
