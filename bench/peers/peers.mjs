/** The servers that are compared. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DIST = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** The options of Node that `npm start` runs with. */
const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const START_OPTIONS = /node (--.*) dist/.exec(scripts.start)[1].split(' ');

/**
 * Every peer: its name in the tables, its program with arguments, what its environment has besides the address of the
 * upstream, whether that upstream offers mass requests, and `keys` of the workloads that it is measured with if not with all.
 */
export const peers = {
  bare: { ...byHand('bare node:http', 'bare.mjs'), keys: ['hot'] },
  fetches: { ...byHand('node-fetch alone, no GraphQL', 'fetches.mjs'), keys: ['cold', 'coldBatch'] },
  fetchesMass: { ...byHand('node-fetch alone, with the mass call', 'fetches.mjs', 'mass'), keys: ['coldBatch'] },
  yoga: byHand('Yoga, DataLoader, node-fetch', 'yoga.mjs'),
  yogaMass: byHand('Yoga with the mass call', 'yoga.mjs', 'mass'),
  mercurius: byHand('mercurius, jit, loaders, undici', 'mercurius.mjs'),
  mercuriusMass: byHand('mercurius with the mass call', 'mercurius.mjs', 'mass'),
  apollo: byHand('Apollo Server, DataLoader, undici', 'apollo.mjs'),
  ours: bsgGraphql('bsg-graphql', { offersMassStatus: true }),
  oursInfo: bsgGraphql('bsg-graphql, log at `info`', { offersMassStatus: true, logLevel: 'info' }),
  oursOld: bsgGraphql('bsg-graphql, old BSG', { offersMassStatus: false }),
};

/** Throws where this server is not built. */
export function assertBuilt() {
  if (!existsSync(DIST)) throw new Error('dist/main.js is missing: run `npm run build` in the root of the repository.');
}

function byHand(name, file, ...args) {
  const program = fileURLToPath(new URL(`servers/${file}`, import.meta.url));
  return { name, args: [program, ...args], env: {}, offersMassStatus: true };
}

function bsgGraphql(name, { offersMassStatus, logLevel = 'warn' }) {
  const env = {
    PORT: '0',
    HOST: '127.0.0.1',
    AUTH: 'none',
    LOG_LEVEL: logLevel,
    // The limiter counts as ever, and never refuses.
    RATE_LIMIT: '999999999',
    // No peer has a deadline: 3,200 fetches in a queue may take a slow machine longer than the default.
    BSG_TIMEOUT_MS: '120000',
  };
  return { name, args: [...START_OPTIONS, DIST], env, offersMassStatus };
}
