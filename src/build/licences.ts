import { readdir, readFile } from 'node:fs/promises';
import type { Metafile } from 'esbuild';

/** Those that ask for no more than their own text beside the code. */
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

/** What a package says of its licence. */
interface Licence {
  /** `name@version`. */
  readonly name: string;
  /** An SPDX expression, or null where the package says nothing. */
  readonly id: string | null;
  /** Its files of licence and notices; where it has none, who it is by and where to read the licence. */
  readonly text: string;
}

/**
 * The licences of all packages that the bundle has code of, as one text that travels with it. Throws where one has a
 * licence that is not among the allowed, and names all that do.
 */
export async function licenceTexts({ outputs }: Pick<Metafile, 'outputs'>): Promise<string> {
  const licences = await Promise.all(packagesIn(outputs).map(readLicence));
  const refused = licences.filter(({ id }) => id === null || !ALLOWED.has(id));
  if (refused.length > 0)
    throw new Error(`Not among the allowed licences: ${refused.map(({ name, id }) => `${name} (${id})`).join(', ')}`);
  return [
    'bsg-graphql is under the MIT licence. It contains code of these packages.\n',
    ...licences.map(({ name, id, text }) => `${RULE}\n${name} (${id})\n\n${text.trim()}\n`),
  ].join('\n');
}

/** The folders of the packages, sorted; one of which nothing is left in the bundle is not among them. */
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
