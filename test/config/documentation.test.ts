import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { variables } from '../../src/config/config.ts';

const page = await readFile('docs/configuration.md', 'utf8');

/** The tables of the page by the headings above them. */
const tables = Object.fromEntries(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.split('\n')[0], section.split('\n').filter((line) => /^\| `/.test(line))] as const)
    .filter(([, rows]) => rows.length > 0),
);

/** The row of a variable, as its schema describes it. */
function rowOf([name, schema]: readonly [string, z.ZodType]): string {
  const { description, default: shown } = schema.meta() ?? {};
  const fallback = schema instanceof z.ZodDefault ? String(schema.def.defaultValue) : 'none';
  return `| \`${name}\` | ${shown ?? fallback} | ${acceptsOf(schema)} | ${description} |`;
}

/** What a variable accepts, from the schema inside an optional one or one with a default. */
function acceptsOf(schema: z.ZodType): unknown {
  const accepts = schema.meta()?.['accepts'];
  if (accepts !== undefined) return accepts;
  if (schema instanceof z.ZodPipe) return acceptsOf(schema.in as z.ZodType);
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) return acceptsOf(schema.unwrap() as z.ZodType);
  return undefined;
}

describe('docs/configuration.md', () => {
  it('has a table for each section of the configuration, and no other', () => {
    expect(Object.keys(tables)).toEqual(Object.keys(variables));
  });

  it.each(Object.entries(variables))('lists the variables of %s as their schemas describe them', (section, shape) => {
    expect(tables[section]).toEqual(Object.entries(shape).map(rowOf));
  });
});
