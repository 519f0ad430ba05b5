/** `app://`: the only origin the pages have. Serves the built renderer with a strict CSP, and the virtual printer's paper. */
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { protocol, session } from 'electron';

export const ORIGIN = 'app://app';

/** `scripts`: what besides our own a document or a worker may run. */
const policyOf = (scripts: string): string =>
  [
    "default-src 'none'",
    `script-src 'self'${scripts}`,
    "style-src 'self'",
    "img-src 'self' app://paper blob: data:",
    "font-src 'self'",
    "connect-src 'self' app://paper",
    "worker-src 'self'",
    'media-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');
const contentSecurityPolicy = policyOf('');
/** A worker goes by the policy it is served with: only those that read QR codes and that seal compile WebAssembly, no page does. */
const wasmPolicy = policyOf(" 'wasm-unsafe-eval'");
const mayCompile = (name: string): boolean => /^\/assets\/(?:qr|sealing)-worker-[\w-]+\.js$/u.test(name);

const mediaTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.wasm': 'application/wasm',
  '.ogg': 'audio/ogg',
};

/** Before `app.whenReady()`. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }]);
}

const notFound = (): Response => new Response('not found', { status: 404, headers: { 'content-type': 'text/plain' } });

type AppServer = {
  servePaper(serve: (path: string) => Promise<Response>): void;
  /** The page and what it names have been handed over: what it does with them no longer needs this process. */
  handedOver: Promise<void>;
};

/** Serves the pages. Any path that leaves the folder is answered 404, and so is the virtual printer's `app://paper` until `servePaper` was called. */
export function serveApp(folder: string): AppServer {
  const root = normalize(folder + sep);
  let paper: ((path: string) => Promise<Response>) | undefined;
  let awaited: Set<string> | undefined;
  let resolve: () => void = () => undefined;
  const handedOver = new Promise<void>((done) => (resolve = done));
  const note = (path: string, bytes: Buffer): void => {
    if (path === '/index.html') awaited = new Set(Array.from(bytes.toString().matchAll(/(?:src|href)="\.(\/[^"]+)"/gu), ([, name]) => name ?? ''));
    awaited?.delete(path);
    if (awaited?.size === 0) resolve();
  };
  session.defaultSession.protocol.handle('app', async (request) => {
    const url = new URL(request.url);
    if (url.host === 'paper' && paper !== undefined) return paper(url.pathname);
    if (url.host !== 'app' || request.method !== 'GET') return notFound();
    const name = decodeURIComponent(url.pathname === '/' ? '/index.html' : url.pathname);
    const path = normalize(join(root, name));
    const mediaType = mediaTypes[extname(path)];
    if (!path.startsWith(root) || mediaType === undefined) return notFound();
    try {
      const bytes = await readFile(path);
      note(name, bytes);
      return new Response(bytes, {
        headers: {
          'content-type': mediaType,
          'content-security-policy': mayCompile(name) ? wasmPolicy : contentSecurityPolicy,
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'no-referrer',
          'cross-origin-opener-policy': 'same-origin',
          'permissions-policy': 'camera=(self)',
        },
      });
    } catch {
      return notFound();
    }
  });
  return {
    servePaper(serve) {
      paper = serve;
    },
    handedOver,
  };
}
