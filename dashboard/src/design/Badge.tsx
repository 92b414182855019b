import './Badge.css';
import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon';

export type Tone = 'passed' | 'denied' | 'failed' | 'observed' | 'neutral';

export interface BadgeProps {
  tone: Tone;
  icon?: IconName;
  /** Without a tinted ground: for the ordinary case, which should not call for attention. */
  quiet?: boolean;
  title?: string;
  children: ReactNode;
}

/** One word on a state. Colour, icon and word say the same thing, so none is needed to read it. */
export function Badge({ tone, icon, quiet = false, title, children }: BadgeProps) {
  return (
    <span className={`badge badge-${tone} ${quiet ? 'badge-quiet' : ''}`} title={title}>
      {icon && <Icon name={icon} size={12} />}
      <span className="cut">{children}</span>
    </span>
  );
}
