import { Announcer } from './components/announcer.tsx';
import { CampaignPanel } from './components/campaign-panel.tsx';
import { ErrorPanel } from './components/error-panel.tsx';
import { Header } from './components/header.tsx';
import { LoadError } from './components/load-error.tsx';
import { MessageTable } from './components/message-table.tsx';
import { Totals } from './components/totals.tsx';
import { useDataLayer } from './data/data-layer.ts';
import { isError, isMessage } from './data/results.ts';
import type { Settings } from './settings.ts';

interface ScreenProps {
  readonly settings: Settings;
  readonly onChange: (changes: Partial<Settings>) => void;
}

/** The delivery screen. */
export function Screen({ settings, onChange }: ScreenProps) {
  const { useMessages, useCampaign } = useDataLayer();
  const messages = useMessages(settings.references);
  const campaign = useCampaign(settings.taskId);
  const found = messages.value?.filter(isMessage);
  const errors = messages.value?.filter(isError) ?? [];

  return (
    <>
      <Header settings={settings} onChange={onChange} />
      <main className="screen">
        <Totals messages={found} />
        <section className="card messages" aria-labelledby="messages">
          <div className="card-head">
            <h2 id="messages">Messages</h2>
          </div>
          {messages.error === null ? (
            <MessageTable messages={found} expected={settings.references.length} />
          ) : (
            <LoadError reason={messages.error} onRetry={messages.refetch} />
          )}
        </section>
        <aside className="panels">
          <CampaignPanel taskId={settings.taskId} campaign={campaign} />
          {errors.length > 0 && <ErrorPanel errors={errors} onRetry={messages.refetch} />}
        </aside>
      </main>
      <Announcer messages={found} />
    </>
  );
}
