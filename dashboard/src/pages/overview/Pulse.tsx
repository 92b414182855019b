import './Pulse.css';
import type { Summary } from '../../api/types';
import { Figure } from '../../design/Figure';
import { TimeChart, type Layer } from '../../design/TimeChart';
import { count, share } from '../../text/format';
import type { Verdict } from './feed';

const none: readonly number[] = Array<number>(60).fill(0);

/** How much goes through and how it ends: since the start as figures, over the last minutes as a chart. */
export function Pulse({ summary, onVerdict }: { summary: Summary | null; onVerdict: (verdict: Verdict) => void }) {
  const value = (n: number | undefined) => (n === undefined ? '–' : count(n));
  const part = (n: number | undefined, words: string) =>
    summary && n !== undefined && summary.calls > 0 ? `${share(n, summary.calls)} ${words}` : ' ';
  const series = summary?.series;
  const layers: Layer[] = [
    { label: 'Forwarded', tone: 'passed', values: series?.forwarded ?? none },
    { label: 'Denied', tone: 'denied', values: series?.denied ?? none },
    { label: 'Failed', tone: 'failed', values: series?.failed ?? none },
  ];
  const dropped = summary?.events_dropped ?? 0;
  const callsNote =
    dropped > 0 ? `${count(dropped)} events lost` : summary ? `${count(summary.connections)} open connections` : ' ';
  return (
    <section className="pulse" aria-label="Since the gateway started">
      <div className="pulse-figures">
        <Figure label="Calls" value={value(summary?.calls)} note={callsNote} onClick={() => onVerdict('all')} />
        <Figure tone="passed" label="Forwarded" value={value(summary?.forwarded)} note={part(summary?.forwarded, 'of calls')}
          title="Passed every control and went to the upstream" onClick={() => onVerdict('all')} />
        <Figure tone="denied" label="Denied" value={value(summary?.denied)} note={part(summary?.denied, 'of calls')}
          title="Stopped by a control. Shows them below." onClick={() => onVerdict('denied')} />
        <Figure tone="failed" label="Failed" value={value(summary?.failed)} note={part(summary?.failed, 'of calls')}
          title="The upstream did not answer as it should. Shows them below." onClick={() => onVerdict('failed')} />
      </div>
      <div className="pulse-chart">
        <h2>
          Last 5 minutes <span className="muted">calls per {series?.step_s ?? 5} s</span>
        </h2>
        <TimeChart
          label="Calls in the last 5 minutes"
          layers={layers}
          stepSeconds={series?.step_s ?? 5}
          endMs={series ? Date.parse(series.end) : Date.now()}
        />
      </div>
    </section>
  );
}
