/** The script of the page: mounts GraphiQL with its token field and its list of events. */
import 'graphiql/style.css';
import './page.css';
import './keyboard.ts';
import './workers.ts';
import { createRoot } from 'react-dom/client';
import { Page } from './page.tsx';

const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<Page needsToken={root.dataset['needsToken'] === 'true'} />);
