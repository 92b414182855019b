import './Table.css';
import { memo, useMemo, useState, type KeyboardEvent, type ReactNode } from 'react';
import { Icon } from './Icon';

export interface Column<Row> {
  name: string;
  /** A CSS width; the one column without takes what is left. */
  width?: string;
  align?: 'right';
  /** Dropped below 1100 px. */
  wideOnly?: boolean;
  /** Makes the column sortable. Null sorts last either way. */
  sortBy?: (row: Row) => number | string | null;
  cell: (row: Row) => ReactNode;
}

export interface Sort {
  column: string;
  down: boolean;
}

export interface TableProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  firstSort?: Sort;
  active?: string | null;
  isMuted?: (row: Row) => boolean;
  onOpen: (row: Row) => void;
  /** The rows come sorted from elsewhere: a click on a header asks for another order. */
  order?: { sort: Sort; onSort: (sort: Sort) => void };
}

export function sorted<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sort: Sort | undefined): readonly Row[] {
  const by = columns.find((column) => column.name === sort?.column)?.sortBy;
  if (!by || !sort) return rows;
  const sign = sort.down ? -1 : 1;
  return [...rows].sort((left, right) => {
    const a = by(left);
    const b = by(right);
    if (a === b) return 0;
    if (a === null) return 1;
    if (b === null) return -1;
    return sign * (typeof a === 'string' || typeof b === 'string' ? String(a).localeCompare(String(b), 'en') : a - b);
  });
}

interface RowProps<Row> {
  row: Row;
  id: string;
  columns: readonly Column<Row>[];
  active: boolean;
  reachable: boolean;
  muted: boolean;
  onOpen: (row: Row) => void;
}

const TableRow = memo(function TableRow<Row>({ row, id, columns, active, reachable, muted, onOpen }: RowProps<Row>) {
  return (
    <tr
      className={muted ? 'row-muted' : undefined}
      data-row={id}
      aria-selected={active}
      tabIndex={reachable ? 0 : -1}
      onClick={() => onOpen(row)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return;
        event.preventDefault();
        onOpen(row);
      }}
    >
      {columns.map((column) => (
        <td key={column.name} className={classOf(column)}>
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}) as <Row>(props: RowProps<Row>) => ReactNode;

function classOf(column: { align?: 'right'; wideOnly?: boolean }): string | undefined {
  return `${column.align === 'right' ? 'right' : ''} ${column.wideOnly ? 'wide-only' : ''}`.trim() || undefined;
}

/** Moves focus from row to row inside the table. Pages may call it for their own keys, like j and k. */
export function stepRow(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === 'ArrowDown' ? 'nextElementSibling' : event.key === 'ArrowUp' ? 'previousElementSibling' : null;
  const row = step && (event.target as HTMLElement).closest('tr[data-row]');
  if (!row) return;
  event.preventDefault();
  (row[step] as HTMLElement | null)?.focus();
}

/** Fixed columns and row height: new rows and changing numbers never move what stands beside them. */
export function Table<Row>({ label, columns, rows, keyOf, firstSort, active = null, isMuted, onOpen, order }: TableProps<Row>) {
  const [own, setOwn] = useState(firstSort);
  const sort = order?.sort ?? own;
  const shown = useMemo(() => (order ? rows : sorted(rows, columns, sort)), [order, rows, columns, sort]);
  const reachable = active ?? (shown[0] ? keyOf(shown[0]) : null);
  const turn = (column: Column<Row>) => {
    const next = { column: column.name, down: sort?.column === column.name ? !sort.down : column.align === 'right' };
    if (order) order.onSort(next);
    else setOwn(next);
  };

  return (
    <table className="table" role="grid" aria-label={label} onKeyDown={stepRow}>
      <colgroup>
        {columns.map((column) => (
          <col key={column.name} className={column.wideOnly ? 'wide-only' : undefined} style={{ width: column.width }} />
        ))}
      </colgroup>
      <thead>
        <tr>
          {columns.map((column) => {
            const down = sort?.column === column.name ? sort.down : null;
            return (
              <th
                key={column.name}
                scope="col"
                className={classOf(column)}
                aria-sort={down === null ? undefined : down ? 'descending' : 'ascending'}
              >
                {column.sortBy ? (
                  <button type="button" className="table-sort" onClick={() => turn(column)}>
                    {column.name}
                    <span className={down === null ? 'table-arrow-off' : undefined}>
                      <Icon name={down === false ? 'up' : 'down'} size={11} />
                    </span>
                  </button>
                ) : (
                  column.name
                )}
              </th>
            );
          })}
        </tr>
      </thead>
      <tbody>
        {shown.map((row) => {
          const id = keyOf(row);
          return (
            <TableRow
              key={id}
              id={id}
              row={row}
              columns={columns}
              active={id === active}
              reachable={id === reachable}
              muted={isMuted?.(row) ?? false}
              onOpen={onOpen}
            />
          );
        })}
      </tbody>
    </table>
  );
}
