import { seedCampaigns } from './seed-campaigns.ts';
import { seedErrors } from './seed-errors.ts';
import { seedSms } from './seed-sms.ts';
import { Store } from './store.ts';

/** A store with the sandbox's data at its start; docs/sandbox.md lists it. */
export function createSeededStore(): Store {
  const store = new Store();
  seedSms(store);
  seedCampaigns(store);
  seedErrors(store);
  return store;
}
