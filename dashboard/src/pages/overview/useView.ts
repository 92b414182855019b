import { useCallback, useEffect, useState } from 'react';

const views = ['calls', 'findings', 'inventory', 'data', 'operations', 'shadow'] as const;
export type View = (typeof views)[number];

function fromAddress(): View {
  const name = window.location.hash.slice(1);
  return views.find((view) => view === name) ?? 'calls';
}

/** Which section is shown. It stands in the address, so that a link, a reload and the back button keep it. */
export function useView(): [View, (view: View) => void] {
  const [view, setView] = useState(fromAddress);
  useEffect(() => {
    const changed = () => setView(fromAddress());
    window.addEventListener('hashchange', changed);
    return () => window.removeEventListener('hashchange', changed);
  }, []);
  const choose = useCallback((next: View) => {
    setView(next);
    if (fromAddress() !== next) window.location.hash = next;
  }, []);
  return [view, choose];
}
