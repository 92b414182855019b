import { expect, it } from 'vitest';
import { sorted, type Column } from './Table';

interface Row {
  name: string;
  p99: number | null;
}
const columns: Column<Row>[] = [
  { name: 'Name', sortBy: (row) => row.name, cell: () => null },
  { name: 'p99', sortBy: (row) => row.p99, cell: () => null },
];
const rows: Row[] = [{ name: 'b', p99: 5 }, { name: 'a', p99: null }, { name: 'c', p99: 40 }];
const names = (column: string, down: boolean) => sorted(rows, columns, { column, down }).map((row) => row.name).join('');

it('sorts text and numbers, both ways, with what has no value last', () => {
  expect(names('Name', false)).toBe('abc');
  expect(names('Name', true)).toBe('cba');
  expect(names('p99', false)).toBe('bca');
  expect(names('p99', true)).toBe('cba');
});

it('leaves rows as they are without a column to sort by', () => {
  expect(sorted(rows, columns, undefined)).toBe(rows);
  expect(sorted(rows, columns, { column: 'gone', down: true })).toBe(rows);
});
