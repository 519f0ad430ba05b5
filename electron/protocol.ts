/** `app://`: the only origin the pages have. Serves the built renderer with a strict CSP, and the virtual printer's paper. */
import { readFileSync } from 'node:fs';
import { extname, join, normalize, sep } from 'node:path';
import { protocol, session, type ProtocolRequest, type ProtocolResponse } from 'electron';
import { deferred } from '../shared/lib/deferred.ts';

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

/** `ERR_FILE_NOT_FOUND` of Chromium's net errors. */
const NOT_FOUND: ProtocolResponse = { error: -6 };

/** Of a path under `app://paper` the file and its headers; undefined when there is none. */
type PaperFiles = (path: string) => ProtocolResponse | undefined;

export type AppServer = {
  servePaper(find: PaperFiles): void;
  /** The page itself has been handed over: until it asks for what it names nobody needs this process. */
  begun: Promise<void>;
  /** So has what it names: what the page does with it no longer needs this process. */
  handedOver: Promise<void>;
};

/** Serves the pages. Any path that leaves the folder is not found, and neither is the virtual printer's `app://paper` until `servePaper` was called. */
export function serveApp(folder: string): AppServer {
  const root = normalize(folder + sep);
  let paper: PaperFiles | undefined;
  const begun = deferred();
  const handedOver = deferred();
  const awaited = new Set(Array.from(readFileSync(join(root, 'index.html'), 'utf8').matchAll(/(?:src|href)="\.(\/[^"]+)"/gu), ([, name]) => name ?? ''));

  function find({ url, method }: ProtocolRequest): ProtocolResponse {
    const { host, pathname } = new URL(url);
    if (host === 'paper') return paper?.(pathname) ?? NOT_FOUND;
    if (host !== 'app' || method !== 'GET') return NOT_FOUND;
    const name = decodeURIComponent(pathname === '/' ? '/index.html' : pathname);
    const path = normalize(join(root, name));
    const mediaType = mediaTypes[extname(path)];
    if (!path.startsWith(root) || mediaType === undefined) return NOT_FOUND;
    if (name === '/index.html') begun.resolve();
    if (awaited.delete(name) && awaited.size === 0) handedOver.resolve();
    return {
      path,
      headers: {
        // Chromium adds its own for a file, and of a module of WebAssembly that is named twice it compiles nothing.
        ...(mediaType === 'application/wasm' ? {} : { 'content-type': mediaType }),
        'content-security-policy': mayCompile(name) ? wasmPolicy : contentSecurityPolicy,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'permissions-policy': 'camera=(self)',
      },
    };
  }

  // Chromium reads the files itself. `protocol.handle` would pass every byte through this thread, which has a counter to open, and load undici before the first.
  session.defaultSession.protocol.registerFileProtocol('app', (request, answer) => {
    try {
      answer(find(request));
    } catch {
      answer(NOT_FOUND); // An address that is none.
    }
  });
  return {
    servePaper(files) {
      paper = files;
    },
    begun: begun.promise,
    handedOver: handedOver.promise,
  };
}
