/**
 * The servers the product's own is compared with, each as simple as it can be and as durable: `node peer-server.mjs KIND FOLDER
 * [DATABASE_URL]`. Says its port on its first line.
 */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const [kind = '', folder = '', databaseUrl = ''] = process.argv.slice(2);
const require = createRequire(import.meta.url);

/** @param {string} path */
async function flush(path) {
  const handle = await open(path, 'r');
  await handle.sync();
  await handle.close();
}

/** A batch of documents becomes rows in one statement. */
async function records() {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({ connectionString: databaseUrl });
  await pool.query('create table records (id uuid primary key, body jsonb not null)');
  const take = `insert into records select (one ->> 'dossierId')::uuid, one from jsonb_array_elements($1::jsonb) one on conflict (id) do nothing`;
  return createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    await pool.query(take, [Buffer.concat(chunks).toString('utf8')]);
    response.end('{}');
  });
}

/** A body becomes a file under its digest, flushed with its folder before the answer. */
async function scans() {
  return createServer(async (request, response) => {
    const name = (request.url ?? '').split('/').at(-1) ?? '';
    const path = join(folder, `${name}.part`);
    const hash = createHash('sha256');
    await pipeline(
      request,
      async function* (source) {
        for await (const chunk of source) {
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(path),
    );
    if (hash.digest('hex') !== name) return void response.writeHead(422).end();
    await flush(path);
    await rename(path, join(folder, name));
    await flush(folder);
    response.writeHead(201).end();
  });
}

/** tus as its server comes, with the file flushed at the end. */
async function tus() {
  const { Server } = await import('@tus/server');
  const { FileStore } = await import('@tus/file-store');
  const server = new Server({
    path: '/files',
    datastore: new FileStore({ directory: folder }),
    async onUploadFinish(_request, upload) {
      await flush(upload.storage?.path ?? '');
      await flush(folder);
      return {};
    },
  });
  return createServer((request, response) => void server.handle(request, response));
}

/** CouchDB's protocol on LevelDB. */
async function pouch() {
  const PouchDB = require('pouchdb-node').defaults({ prefix: `${folder}/` });
  const app = require('express')();
  app.use('/', require('express-pouchdb')(PouchDB, { mode: 'minimumForPouchDB', configPath: join(folder, 'config.json'), logPath: join(folder, 'log.txt') }));
  return createServer(app);
}

await mkdir(folder, { recursive: true });
const kinds = { records, scans, tus, pouch };
const server = await kinds[/** @type {keyof typeof kinds} */ (kind)]();
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : ''}\n`);
});
