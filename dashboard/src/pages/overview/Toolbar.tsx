import './Toolbar.css';
import type { RefObject } from 'react';
import { Button } from '../../design/Button';
import { FilterBox } from '../../design/FilterBox';
import { Segmented, type Choice } from '../../design/Segmented';
import { count } from '../../text/format';
import type { Verdict } from './feed';
import type { View } from './useView';

const verdicts: readonly Choice<Verdict>[] = [
  { value: 'all', label: 'All' },
  { value: 'denied', label: 'Denied' },
  { value: 'failed', label: 'Failed' },
  { value: 'observed', label: 'Observed' },
];

const words: Record<View, string> = {
  calls: 'Filter calls',
  findings: 'Search findings',
  inventory: 'Search the inventory',
  data: 'Filter data',
  operations: 'Filter operations',
  shadow: 'Filter endpoints',
};

export interface ToolbarProps {
  view: View;
  query: string;
  onQuery: (query: string) => void;
  filter: RefObject<HTMLInputElement | null>;
  verdict: Verdict;
  onVerdict: (verdict: Verdict) => void;
  held: boolean;
  waiting: number;
  onFollow: () => void;
}

export function Toolbar({ view, query, onQuery, filter, verdict, onVerdict, held, waiting, onFollow }: ToolbarProps) {
  return (
    <div className="toolbar">
      <FilterBox label={words[view]} value={query} onChange={onQuery} input={filter} />
      {view === 'calls' && (
        <>
          <Segmented label="Verdict" choices={verdicts} value={verdict} onChange={onVerdict} />
          <Button
            className={`toolbar-follow ${held ? 'toolbar-held' : ''}`}
            icon={held ? 'play' : 'pause'}
            onClick={onFollow}
            title={held ? 'Follow new calls (p)' : 'Hold the list (p)'}
          >
            {!held ? 'Pause' : waiting > 0 ? `${count(waiting)} new` : 'Resume'}
          </Button>
        </>
      )}
    </div>
  );
}
