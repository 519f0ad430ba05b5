/** What answers the page: the counter and its channels, apart from the boot so that the window need not wait for its code. */
import { argsParsers } from '../shared/ipc/contract.ts';
import { openCounter, type Counter } from './counter.ts';
import { createHandlers } from './handlers.ts';
import type { Service } from './ipc.ts';

export type Opened = { counter: Counter; service: Service };
export type ServiceContext = Omit<Parameters<typeof createHandlers>[0], 'counter'> & { userData: string };

/** Throws `KeysUnavailable`, or what the disk says. */
export async function openService({ userData, ...context }: ServiceContext): Promise<Opened> {
  const counter = await openCounter(userData, context.settings, context.log);
  return { counter, service: { handlers: createHandlers({ counter, ...context }), parsers: argsParsers } };
}
