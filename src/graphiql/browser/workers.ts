/** The workers of the editors, which lie beside the script of the page. */
import type { Environment } from 'monaco-editor';

const FILES: Readonly<Record<string, string>> = { json: 'json.js', graphql: 'graphql.js' };

const environment: Environment = {
  getWorker: (_module, language) =>
    new Worker(new URL(FILES[language] ?? 'editor.js', import.meta.url), { type: 'module' }),
};
Object.assign(globalThis, { MonacoEnvironment: environment });
