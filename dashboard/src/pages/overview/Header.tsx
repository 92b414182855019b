import './Header.css';
import type { ApiError } from '../../api/client';
import type { Summary } from '../../api/types';
import { Button } from '../../design/Button';
import { Logo } from '../../design/Logo';
import { Segmented, type Choice } from '../../design/Segmented';
import { Text } from '../../design/Text';
import { useTheme, type Theme } from '../../hooks/useTheme';
import { clock, lasting } from '../../text/format';

const themes: readonly Choice<Theme>[] = [
  { value: 'light', label: 'Light theme', icon: 'sun' },
  { value: 'dark', label: 'Dark theme', icon: 'moon' },
  { value: 'system', label: 'Theme of the system', icon: 'screen' },
];

export interface HeaderProps {
  user: string;
  summary: Summary | null;
  error: ApiError | null;
  onLogout: () => void;
}

/** What runs here, whether the page is still in touch with it, and the way out. */
export function Header({ user, summary, error, onLogout }: HeaderProps) {
  const [theme, setTheme] = useTheme();
  return (
    <header className="header">
      <h1>
        <Logo />
        Sallyport
        {summary && <Text value={summary.version} className="header-version" />}
      </h1>
      <div className={`header-link ${error ? 'header-lost' : ''}`} role="status">
        <i aria-hidden="true" />
        {error ? `${error.message} Trying again…` : summary ? `Up ${lasting(summary.uptime_s)}` : 'Connecting…'}
      </div>
      {summary && (
        <div className="header-config" title={`Loaded at ${clock(summary.config.loaded_at)}`}>
          <Text value={summary.config.path} mono />
          <span>generation {summary.config.generation}</span>
        </div>
      )}
      <Segmented label="Theme" choices={themes} value={theme} onChange={setTheme} iconsOnly />
      <Button look="bare" icon="leave" onClick={onLogout} title={`Logged in as ${user}`}>
        Log out
      </Button>
    </header>
  );
}
