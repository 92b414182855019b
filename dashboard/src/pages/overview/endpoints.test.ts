import { expect, test } from 'vitest';
import { endpointQuery, gradeOf } from './endpoints';

test('a view becomes the query of the admin API', () => {
  const view = { query: ' GET /a&b ', state: 'shadow', sort: { column: 'Last seen', down: true }, page: 2 } as const;
  expect(endpointQuery(view)).toBe('q=GET+%2Fa%26b&state=shadow&sort=last_seen&order=down&offset=100&limit=50');
});

test('all states and no words are left out', () => {
  const view = { query: '  ', state: 'all', sort: { column: 'Score', down: false }, page: 0 } as const;
  expect(endpointQuery(view)).toBe('sort=score&order=up&offset=0&limit=50');
});

test('grades', () => {
  expect([100, 85, 84, 60, 59, 0].map(gradeOf)).toEqual(['good', 'good', 'fair', 'fair', 'poor', 'poor']);
});
