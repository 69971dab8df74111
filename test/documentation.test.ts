/** What the documentation refers to exists: files, headings, scripts and benchmarks. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const PAGES = [
  ...[
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'CHANGELOG.md',
    'bench/README.md',
    'bench/peers/README.md',
    'examples/react/README.md',
  ],
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** Links in Markdown, and pictures in HTML. */
const LINKS = [/\]\((?!\w+:)([^)\s]*)\)/g, /\bsrc(?:set)?="(?!\w+:)([^"]*)"/g];

/** Paths in code spans that belong to this repository. */
const PATH = /`((?:src|test|docs|examples|bench)\/[\w./-]*)`/g;

function read(page: string): string {
  return readFileSync(page, 'utf8');
}

/** The names by which a browser finds the headings of a page. */
function anchorsOf(page: string): readonly string[] {
  const headings = [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** Links to files of the repository that lead nowhere. */
function brokenLinksOf(page: string): readonly string[] {
  const links = LINKS.flatMap((pattern) => [...read(page).matchAll(pattern)].map(([, link = '']) => link));
  return links.filter((link) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
  });
}

function missingPathsOf(page: string): readonly string[] {
  return [...read(page).matchAll(PATH)].map(([, path = '']) => path).filter((path) => !existsSync(path));
}

/** A script of the root's package, or of the one that `--prefix` names. */
const SCRIPT = /npm run (?:--prefix (?<before>\S+) )?(?<name>[\w:]+)(?: --prefix (?<after>[\w/]+))?/g;

/** Scripts of npm, and benchmarks, that there are not. */
function missingScriptsOf(page: string): readonly string[] {
  const missing = [...read(page).matchAll(SCRIPT)].filter(({ groups = {} }) => {
    const { scripts } = JSON.parse(read(join(groups['before'] ?? groups['after'] ?? '.', 'package.json')));
    return !(String(groups['name']) in scripts);
  });
  const benchmarks = [...read(page).matchAll(/npm run bench ([\w-]+)/g)];
  return [...missing, ...benchmarks.filter(([, name]) => !existsSync(`bench/${name}.ts`))].map(([text]) => text);
}

describe.each(PAGES)('%s', (page) => {
  it('links to files and headings that exist', () => {
    expect(brokenLinksOf(page)).toEqual([]);
  });

  it('names paths, scripts and benchmarks that exist', () => {
    expect([...missingPathsOf(page), ...missingScriptsOf(page)]).toEqual([]);
  });
});
