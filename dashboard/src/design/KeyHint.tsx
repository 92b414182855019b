import './KeyHint.css';

export interface Hint {
  keys: readonly string[];
  does: string;
}

/** What keys do here; one quiet line at the foot of a page. */
export function KeyHints({ hints }: { hints: readonly Hint[] }) {
  return (
    <ul className="hints" aria-label="Keyboard shortcuts">
      {hints.map((hint) => (
        <li key={hint.does}>
          {hint.keys.map((key) => (
            <kbd key={key} className="key">
              {key}
            </kbd>
          ))}
          {hint.does}
        </li>
      ))}
    </ul>
  );
}
