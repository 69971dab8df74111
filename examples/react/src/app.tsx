import { lazy, Suspense } from 'react';
import { Screen } from './screen.tsx';
import { type ClientName, useSettings } from './settings.ts';

/** Each client is loaded when it is first used, so that the other one costs nothing. */
const DATA_LAYERS = {
  apollo: lazy(async () => ({ default: (await import('./data/apollo.tsx')).ApolloDataLayer })),
  urql: lazy(async () => ({ default: (await import('./data/urql.tsx')).UrqlDataLayer })),
} satisfies Record<ClientName, unknown>;

/** The screen on the chosen data layer. Other settings start it afresh. */
export function App() {
  const [settings, changeSettings] = useSettings();
  const DataLayer = DATA_LAYERS[settings.client];
  return (
    <Suspense>
      <DataLayer key={JSON.stringify(settings)}>
        <Screen settings={settings} onChange={changeSettings} />
      </DataLayer>
    </Suspense>
  );
}
