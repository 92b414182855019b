import { useCallback, useState } from 'react';

export type Theme = 'light' | 'dark' | 'system';

const place = 'sallyport.theme';

function stored(): Theme {
  try {
    const value = localStorage.getItem(place);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system'; // Storage may be forbidden; the system's choice is then the only one.
  }
}

/** Puts the chosen theme on the document; tokens.css does the rest. Called once before the first render. */
export function applyTheme(theme: Theme = stored()): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(stored);
  const choose = useCallback((next: Theme) => {
    setTheme(next);
    applyTheme(next);
    try {
      localStorage.setItem(place, next);
    } catch {
      // The choice then lasts as long as the page.
    }
  }, []);
  return [theme, choose];
}
