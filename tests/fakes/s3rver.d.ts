/** The part of s3rver that is used; it brings no types. */
declare module '@20minutes/s3rver' {
  import type { Server } from 'node:http';

  type Options = { address: string; port: number; silent: boolean; directory: string; configureBuckets: Array<{ name: string }> };
  export default class S3rver {
    constructor(options: Options);
    readonly httpServer: Server;
    run(): Promise<{ port: number }>;
    close(): Promise<void>;
  }
}
