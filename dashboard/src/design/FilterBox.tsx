import './FilterBox.css';
import type { RefObject } from 'react';
import { Icon } from './Icon';

export interface FilterBoxProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  input: RefObject<HTMLInputElement | null>;
}

/** Filters as one types. The page focuses it with `/`; Esc empties it, and leaves it when it is empty. */
export function FilterBox({ label, value, onChange, input }: FilterBoxProps) {
  return (
    <label className="filter">
      <Icon name="search" size={14} />
      <span className="sr-only">{label}</span>
      <input
        ref={input}
        type="text"
        value={value}
        placeholder={label}
        maxLength={200}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          if (value === '') event.currentTarget.blur();
          else onChange('');
        }}
      />
      {value === '' && (
        <kbd className="key" aria-hidden="true">
          /
        </kbd>
      )}
    </label>
  );
}
