import type { Outcome } from '../../api/types';
import type { Tone } from '../../design/Badge';
import type { IconName } from '../../design/Icon';

/** How each outcome looks, everywhere. A denied call is the gateway at work; a failed one is trouble upstream. */
export const looks: Record<Outcome, { tone: Tone; icon: IconName; quiet: boolean; means: string }> = {
  forwarded: { tone: 'passed', icon: 'forwarded', quiet: true, means: 'Passed every control and went to the upstream' },
  denied: { tone: 'denied', icon: 'denied', quiet: false, means: 'Stopped by a control of the gateway' },
  failed: { tone: 'failed', icon: 'failed', quiet: false, means: 'The upstream did not answer as it should' },
  aborted: { tone: 'neutral', icon: 'aborted', quiet: false, means: 'The client went away before the answer' },
};

/** A word the gateway may learn later looks neutral rather than breaking the page. */
export function lookOf(outcome: string) {
  return Object.hasOwn(looks, outcome) ? looks[outcome as Outcome] : looks.aborted;
}
