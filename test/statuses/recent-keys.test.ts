import fc from 'fast-check';
import { LRUCache } from 'lru-cache';
import { expect, it } from 'vitest';
import { keyOf, type StatusKey } from '../../src/bsg/resource.ts';
import { resources } from '../../src/bsg/resources.ts';
import type { Entry } from '../../src/statuses/entry.ts';
import { createMemoryCache } from '../../src/statuses/memory-cache.ts';

/** Texts with equal hashes, whatever the random factors: these repeat every 64 characters. So has a text with a NUL at its end. */
const TWINS = [`a${'x'.repeat(63)}b`, `b${'x'.repeat(63)}a`];

const anyKey = fc
  .tuple(
    fc.constantFrom(...resources),
    fc.constantFrom('0', '1', '2', '3', '10', '100', '007', '7', 'a', 'ä', 'a\0', ...TWINS),
  )
  .map(([resource, id]) => keyOf(resource, id));

const anyEntry = fc.integer().map((n): Entry => ({ requestedAtMs: n }) as Entry);

const anyStep = fc.oneof(
  fc.record({ kind: fc.constant('get' as const), key: anyKey }),
  fc.record({ kind: fc.constant('peek' as const), key: anyKey }),
  fc.record({ kind: fc.constant('set' as const), key: anyKey, entry: anyEntry }),
);

it('keeps the most recently used entries, as lru-cache does', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.array(anyStep, { maxLength: 300 }), (maxEntries, steps) => {
      const cache = createMemoryCache(maxEntries);
      const model = new LRUCache<string, Entry>({ max: maxEntries });
      for (const step of steps) {
        const { key } = step;
        if (step.kind === 'set') {
          cache.set(key, step.entry);
          model.set(key.text, step.entry);
        } else expect(cache[step.kind](key)).toBe(model[step.kind](key.text) ?? null);
      }
      for (const key of steps.map((step): StatusKey => step.key))
        expect(cache.peek(key)).toBe(model.peek(key.text) ?? null);
    }),
  );
});
