import './Segmented.css';
import { useId, type ReactNode } from 'react';
import { Icon, type IconName } from './Icon';

export interface Choice<T extends string> {
  value: T;
  label: string;
  icon?: IconName;
  /** Shown after the label, in a width that does not change with it. */
  extra?: ReactNode;
}

export interface SegmentedProps<T extends string> {
  label: string;
  choices: readonly Choice<T>[];
  value: T;
  onChange: (value: T) => void;
  /** Show icons alone; labels stay for screen readers and as titles. */
  iconsOnly?: boolean;
}

/** One of a few, all in sight. Native radio buttons underneath: arrow keys, focus and names come for free. */
export function Segmented<T extends string>({ label, choices, value, onChange, iconsOnly = false }: SegmentedProps<T>) {
  const name = useId();
  return (
    <div className="segmented" role="radiogroup" aria-label={label}>
      {choices.map((choice) => (
        <label key={choice.value} className="segmented-choice" title={iconsOnly ? choice.label : undefined}>
          <input
            className="sr-only"
            type="radio"
            name={name}
            value={choice.value}
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
          />
          {choice.icon && <Icon name={choice.icon} size={14} />}
          <span className={iconsOnly ? 'sr-only' : undefined}>{choice.label}</span>
          {choice.extra !== undefined && <span className="segmented-extra">{choice.extra}</span>}
        </label>
      ))}
    </div>
  );
}
