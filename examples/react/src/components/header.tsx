import type { Connection } from '../data/connection.ts';
import { useDataLayer } from '../data/data-layer.ts';
import type { Settings } from '../settings.ts';
import type { Tone } from '../statuses.ts';
import { useTheme } from '../theme.ts';
import { Chip } from './chip.tsx';
import { moonIcon, screenIcon, sunIcon } from './icons.tsx';
import { Segmented } from './segmented.tsx';
import { WatchDialog } from './watch-dialog.tsx';
import './header.css';

const CONNECTIONS: Record<Connection, readonly [name: string, tone: Tone]> = {
  connecting: ['Connecting', 'neutral'],
  live: ['Live', 'success'],
  reconnecting: ['Reconnecting', 'warning'],
  idle: ['All final', 'neutral'],
};

interface HeaderProps {
  readonly settings: Settings;
  readonly onChange: (changes: Partial<Settings>) => void;
}

/** The name of the screen, whether it is live, and what can be chosen. */
export function Header({ settings, onChange }: HeaderProps) {
  const [theme, setTheme] = useTheme();
  return (
    <header className="header">
      <img src="/icon.svg" alt="" width="32" height="32" />
      <h1>Deliveries</h1>
      <ConnectionChip />
      <div className="header-controls">
        <Segmented
          label="GraphQL client"
          options={[
            { value: 'apollo', label: 'Apollo Client' },
            { value: 'urql', label: 'urql' },
          ]}
          value={settings.client}
          onChange={(client) => onChange({ client })}
        />
        <Segmented
          label="Theme"
          options={[
            { value: 'system', label: 'As the system', icon: screenIcon },
            { value: 'light', label: 'Light', icon: sunIcon },
            { value: 'dark', label: 'Dark', icon: moonIcon },
          ]}
          value={theme}
          onChange={setTheme}
        />
        <WatchDialog settings={settings} onChange={onChange} />
      </div>
    </header>
  );
}

function ConnectionChip() {
  const [name, tone] = CONNECTIONS[useDataLayer().useConnection()];
  return (
    <span role="status" className="connection">
      <Chip tone={tone}>{name}</Chip>
    </span>
  );
}
