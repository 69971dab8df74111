import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/** SPDX ids of the licences that require no more than their text beside the code. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'Unlicense',
]);

const RULE = '-'.repeat(80);

/** The licence of one package. */
interface Licence {
  /** `name@version`. */
  readonly name: string;
  /** SPDX expression; null where the package names none. */
  readonly id: string | null;
  /** Its licence and notice files; where it has none, its author and a link to the licence. */
  readonly text: string;
}

/**
 * Returns the licences of all packages in the bundle as one text, to be shipped with it.
 * @param root What the paths of the bundle are relative to.
 * @throws Error naming every package whose licence is not allowed.
 */
export async function licenceTexts({ outputs }: Pick<Metafile, 'outputs'>, root = '.'): Promise<string> {
  const licences = await Promise.all(packagesIn(outputs).map((folder) => readLicence(join(root, folder))));
  const rejected = licences.filter(({ id }) => id === null || !ALLOWED.has(id));
  if (rejected.length > 0)
    throw new Error(`Licences that are not allowed: ${rejected.map(({ name, id }) => `${name} (${id})`).join(', ')}`);
  return [
    'bsg-graphql is under the MIT licence. It contains code from these packages.\n',
    ...licences.map(({ name, id, text }) => `${RULE}\n${name} (${id})\n\n${text.trim()}\n`),
  ].join('\n');
}

/** The folders of the packages that have code in the bundle, sorted. */
function packagesIn(outputs: Metafile['outputs']): string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const folders = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0])
    .filter((folder) => folder !== undefined);
  return [...new Set(folders)].sort();
}

async function readLicence(folder: string): Promise<Licence> {
  const { name, version, license, author, repository } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(`${folder}/${file}`, 'utf8')));
  const origin = [author?.name ?? author, repository?.url ?? repository].filter(Boolean).join(', ');
  return {
    name: `${name}@${version}`,
    id: typeof license === 'string' ? license : null,
    text: texts.length > 0 ? texts.join('\n\n') : `By ${origin}\nSee https://spdx.org/licenses/${license}.html`,
  };
}
