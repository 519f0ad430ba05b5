/** The little of the peers' types that is used: the product's type check runs without the peers installed. */
declare module 'pouchdb-browser' {
  type Attachment = { content_type: string; data: Blob };
  type Document = { _id: string; _attachments?: Record<string, Attachment> };
  type Answer = { ok: true } | { error: true; message: string };
  export default class PouchDB {
    static plugin(plugin: unknown): void;
    createIndex(index: { index: { fields: string[] } }): Promise<unknown>;
    find(query: { selector: object; limit: number }): Promise<{ docs: Document[] }>;
    constructor(name: string, options?: { adapter?: 'idb'; auto_compaction?: boolean });
    put(document: Document & Record<string, unknown>): Promise<{ ok: boolean }>;
    bulkDocs(documents: ReadonlyArray<Document & Record<string, unknown>>): Promise<Answer[]>;
    get(id: string, options?: { attachments?: boolean; binary?: boolean }): Promise<Document>;
    close(): Promise<void>;
  }
}

declare module 'pouchdb-find' {
  const plugin: unknown;
  export default plugin;
}

declare module 'rxdb' {
  export type RxCollection = {
    insert(document: Record<string, unknown>): Promise<{ getAttachment(id: string): { getData(): Promise<Blob> } | null }>;
    bulkInsert(documents: ReadonlyArray<Record<string, unknown>>): Promise<{ error: unknown[] }>;
  };
  export type RxDatabase = {
    addCollections(collections: Record<string, { schema: object }>): Promise<Record<string, RxCollection>>;
    close(): Promise<unknown>;
  };
  export function createRxDatabase(options: { name: string; storage: unknown; multiInstance: boolean }): Promise<RxDatabase>;
  export function addRxPlugin(plugin: unknown): void;
}
declare module 'rxdb/plugins/attachments' {
  export const RxDBAttachmentsPlugin: unknown;
}
declare module 'rxdb/plugins/storage-dexie' {
  export function getRxStorageDexie(settings?: object): unknown;
}
