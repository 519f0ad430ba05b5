/** Imported before any schema is built: the page's CSP has no `unsafe-eval`, so zod must not compile its checks. */
import { z } from 'zod';

z.config({ jitless: true });
