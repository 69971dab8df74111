import SchemaBuilder from '@pothos/core';
import DirectivesPlugin from '@pothos/plugin-directives';
import FederationPlugin from '@pothos/plugin-federation';
import type { PERSONAL_SCOPE } from '../security/caller.ts';
import type { Context } from './context.ts';

/** The builder that all types are defined on. */
export const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  FederationScopes: typeof PERSONAL_SCOPE;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: string; Output: string };
  };
}>({
  plugins: [DirectivesPlugin, FederationPlugin],
  defaultFieldNullability: false,
});

builder.subscriptionType({
  description:
    'Receive changes as they happen. Each stream completes by itself when nothing in it can change any more.',
});
builder.queryType({ description: 'Read the status of messages and campaigns. Nothing here sends a message.' });
