import './Text.css';
import { clip, segments, visible } from '../text/visible';

/** More than any cell can show; keeps a page of 8 KiB paths light. */
const shown = 400;
const inTitle = 4000;

export interface TextProps {
  value: string | null | undefined;
  mono?: boolean;
  /** Break over lines and show everything, instead of one cut line with the whole in its title. */
  whole?: boolean;
  className?: string;
}

/** The only way to show a string that came from a caller. Hidden characters are named; see text/visible.ts. */
export function Text({ value, mono = false, whole = false, className = '' }: TextProps) {
  const text = value ?? '';
  const parts = segments(whole ? text : clip(text, shown));
  return (
    <span
      className={`text ${whole ? 'text-whole' : 'cut'} ${mono ? 'mono' : ''} ${className}`}
      title={whole ? undefined : visible(clip(text, inTitle))}
      translate="no"
    >
      {parts.map((part, i) =>
        part.hidden ? (
          <span key={i} className="text-hidden" title="A hidden character">
            {part.text}
          </span>
        ) : (
          part.text
        ),
      )}
    </span>
  );
}
