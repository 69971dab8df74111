/** `npm run dev`: the screen on this machine, with the endpoint proxied, so that the browser knows one origin and no token. */
import react from '@vitejs/plugin-react';
import { defineConfig, loadEnv } from 'vite';

export default defineConfig(({ mode }) => {
  const environment = loadEnv(mode, '.', 'BSG_GRAPHQL_');
  const token = environment['BSG_GRAPHQL_TOKEN'];
  const proxy = {
    '/graphql': {
      target: environment['BSG_GRAPHQL_URL'] ?? 'http://127.0.0.1:4000',
      ws: true,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    },
  };
  return { plugins: [react()], server: { proxy }, preview: { proxy } };
});
