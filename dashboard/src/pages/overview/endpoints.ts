import type { PostureState } from '../../api/types';
import type { Sort } from '../../design/Table';

/** What the inventory is asked for: the gateway searches, sorts and cuts pages. */
export interface EndpointView {
  query: string;
  state: PostureState | 'all';
  sort: Sort;
  page: number;
}

export const pageSize = 50;

/** Column names as the page says them, and as the admin API does. */
const orders: Record<string, string> = {
  Endpoint: 'path',
  API: 'api',
  Stage: 'stage',
  Score: 'score',
  Calls: 'calls',
  Denied: 'denied',
  Callers: 'callers',
  'Last seen': 'last_seen',
};

export function endpointQuery(view: EndpointView): string {
  const query = new URLSearchParams();
  if (view.query.trim() !== '') query.set('q', view.query.trim());
  if (view.state !== 'all') query.set('state', view.state);
  query.set('sort', orders[view.sort.column] ?? 'score');
  query.set('order', view.sort.down ? 'down' : 'up');
  query.set('offset', String(view.page * pageSize));
  query.set('limit', String(pageSize));
  return query.toString();
}

/** What a state means, for who sees its word for the first time. */
export const meanings: Record<PostureState, string> = {
  documented: 'A specification declares it.',
  shadow: 'It is called, and no specification declares it.',
  zombie: 'Retired, past its end or taken out of the specification, and still called.',
  orphan: 'Declared, and nobody has called it for thirty days.',
  unauthenticated: 'It answered callers that proved nothing.',
  drifting: 'Its answers or its data are not those of its contract.',
};

export type Grade = 'good' | 'fair' | 'poor';

export function gradeOf(score: number): Grade {
  return score >= 85 ? 'good' : score >= 60 ? 'fair' : 'poor';
}
