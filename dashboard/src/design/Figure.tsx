import './Figure.css';
import type { Tone } from './Badge';

export interface FigureProps {
  label: string;
  value: string;
  /** What the number means next to the others, in one short phrase. */
  note: string;
  tone?: Tone;
  title?: string;
  onClick: () => void;
}

/** One number of the page, and a way to what is behind it. */
export function Figure({ label, value, note, tone, title, onClick }: FigureProps) {
  return (
    <button type="button" className="figure" title={title} onClick={onClick}>
      <span className="figure-label">
        {tone && <span className={`figure-mark mark-${tone}`} />}
        {label}
      </span>
      <span className="figure-value">{value}</span>
      <span className="figure-note">{note}</span>
    </button>
  );
}
