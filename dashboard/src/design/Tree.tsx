import './Tree.css';
import { bytes, took } from '../text/format';
import { Text } from './Text';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Deeper than any event; a guard against one that was built to hurt. */
const deepest = 12;
const mostEntries = 400;

function isBranch(value: Json): value is Json[] | { [key: string]: Json } {
  return value !== null && typeof value === 'object' && Object.keys(value).length > 0;
}

/** What a number means, when its name says the unit. */
function meaning(name: string, value: number): string | null {
  if (name.endsWith('_us') && value >= 1000) return took(value);
  if (/(^|_)(bytes|size)$/.test(name) && value >= 1024) return bytes(value);
  return null;
}

function Leaf({ name, value }: { name: string; value: Json }) {
  if (typeof value === 'string') return value === '' ? <span className="muted">empty</span> : <Text value={value} mono whole />;
  if (value === null) return <span className="muted">none</span>;
  if (typeof value === 'object') return <span className="muted">{Array.isArray(value) ? 'empty list' : 'empty'}</span>;
  const note = typeof value === 'number' ? meaning(name, value) : null;
  return (
    <span className="mono">
      {String(value)}
      {note && <span className="tree-note">{note}</span>}
    </span>
  );
}

/** A list of [name, value], such as header fields: an object whose names may repeat. */
function pairsOf(value: Json): [string, string][] | null {
  const pairs = (child: Json): child is [string, string] => Array.isArray(child) && child.length === 2 && child.every((part) => typeof part === 'string');
  return Array.isArray(value) && value.length > 0 && value.every(pairs) ? value : null;
}

/** Any JSON as names and values: leaves in two columns, branches indented under their name. */
export function Tree({ value, depth = 0 }: { value: Json[] | { [key: string]: Json }; depth?: number }) {
  const pairs = pairsOf(value);
  const entries: [string, Json][] = pairs ?? Object.entries(value);
  const list = Array.isArray(value) && pairs === null;
  return (
    <dl className={depth === 0 ? 'tree tree-root' : 'tree'}>
      {entries.slice(0, mostEntries).map(([name, child], index) => (
        <div key={index} className={isBranch(child) ? 'tree-branch' : 'tree-leaf'}>
          <dt>
            <Text value={list ? `${Number(name) + 1}` : name} />
          </dt>
          <dd>
            {!isBranch(child) ? (
              <Leaf name={name} value={child} />
            ) : depth >= deepest ? (
              <span className="muted">deeper than this page shows</span>
            ) : (
              <Tree value={child} depth={depth + 1} />
            )}
          </dd>
        </div>
      ))}
      {entries.length > mostEntries && <p className="muted">and {entries.length - mostEntries} more</p>}
    </dl>
  );
}
