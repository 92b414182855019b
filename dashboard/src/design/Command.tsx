import './Command.css';
import { useEffect, useState } from 'react';
import { Button } from './Button';

/** A command to try in a shell. Only ever built from fixed text: it will be pasted. */
export function Command({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = window.setTimeout(() => setCopied(false), 1500);
    return () => window.clearTimeout(timer);
  }, [copied]);
  const copy = () => void navigator.clipboard?.writeText(text).then(() => setCopied(true), () => undefined);
  return (
    <div className="command">
      <code>{text}</code>
      <Button look="bare" icon={copied ? 'check' : 'copy'} aria-label={copied ? 'Copied' : 'Copy the command'} onClick={copy} />
    </div>
  );
}
