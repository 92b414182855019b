import './Panel.css';
import { useEffect, useRef, type ReactNode } from 'react';
import { Button } from './Button';

export interface PanelProps {
  label: string;
  title: ReactNode;
  onClose: () => void;
  children: ReactNode;
}

/**
 * Details beside the list they come from, which stays in use: not modal, so focus is moved in but not trapped.
 * Esc closes it; the page gives focus back to the row.
 */
export function Panel({ label, title, onClose, children }: PanelProps) {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => panel.current?.focus({ preventScroll: true }), []);
  return (
    <aside
      className="panel"
      role="dialog"
      aria-label={label}
      ref={panel}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault(); // the page has nothing more to do
        onClose();
      }}
    >
      <header className="panel-head">
        <div className="panel-title">{title}</div>
        <Button look="bare" icon="close" aria-label="Close" title="Close (Esc)" onClick={onClose} />
      </header>
      <div className="panel-body">{children}</div>
    </aside>
  );
}
