import { useDataLayer } from '../data/data-layer.ts';
import type { Settings } from '../settings.ts';
import { useTheme } from '../theme.ts';
import { Chip } from './chip.tsx';
import { moonIcon, screenIcon, sunIcon } from './icons.tsx';
import { Segmented } from './segmented.tsx';
import { WatchDialog } from './watch-dialog.tsx';
import './header.css';

interface HeaderProps {
  readonly settings: Settings;
  readonly onChange: (changes: Partial<Settings>) => void;
  /** Whether nothing on the screen will change any more. */
  readonly isOver: boolean;
}

/** The name of the screen, whether it is live, and what can be chosen. */
export function Header({ settings, onChange, isOver }: HeaderProps) {
  const [theme, setTheme] = useTheme();
  return (
    <header className="header">
      <img src="/icon.svg" alt="" width="32" height="32" />
      <h1>Deliveries</h1>
      <ConnectionChip isOver={isOver} />
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

function ConnectionChip({ isOver }: { readonly isOver: boolean }) {
  const connection = useDataLayer().useConnection();
  return (
    <span role="status" className="connection">
      {connection === 'reconnecting' ? (
        <Chip tone="warning">Reconnecting</Chip>
      ) : isOver ? (
        <Chip tone="neutral">All final</Chip>
      ) : connection === 'live' ? (
        <Chip tone="success">Live</Chip>
      ) : (
        <Chip tone="neutral">Connecting</Chip>
      )}
    </span>
  );
}
