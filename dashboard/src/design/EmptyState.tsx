import './EmptyState.css';
import type { ReactNode } from 'react';

export interface EmptyStateProps {
  title: string;
  /** What this place is for and how something comes to stand here. */
  children: ReactNode;
  action?: ReactNode;
}

/** An empty place is where a person learns what it is for. */
export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <div className="empty">
      <h3>{title}</h3>
      <div className="empty-words">{children}</div>
      {action}
    </div>
  );
}
