/** What the screen needs from a GraphQL client. */
import { createContext, use } from 'react';
import type { Connection } from './connection.ts';
import type { CampaignResult, MessageResult } from './results.ts';

/** A value that changes while it is shown. */
export interface Live<Value> {
  /** Undefined until it was read once. */
  readonly value: Value | undefined;
  /** Why the server could not be read, where there is no value. */
  readonly error: string | null;
  /** Reads it again. */
  readonly refetch: () => void;
}

/** The hooks of a data layer. */
export interface DataLayer {
  readonly useMessages: (references: readonly string[]) => Live<readonly MessageResult[]>;
  readonly useCampaign: (taskId: string) => Live<CampaignResult>;
  readonly useConnection: () => Connection;
}

/** The data layer in use. */
export const DataLayerContext = createContext<DataLayer | null>(null);

/** The hooks of the data layer in use. */
export function useDataLayer(): DataLayer {
  const layer = use(DataLayerContext);
  if (layer === null) throw new Error('There is no data layer around this component.');
  return layer;
}
