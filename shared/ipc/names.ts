/** The names on the wire, apart from the contract so that the preload bundles no parser. */
import type { Channel, EventName } from './contract.ts';

const channels: Record<Channel, true> = {
  'app:info': true,
  'app:report-error': true,
  'app:save-file': true,
  'catalogue:get': true,
  'catalogue:version': true,
  'catalogue:install': true,
  'drafts:list': true,
  'drafts:put': true,
  'drafts:delete': true,
  'scans:put': true,
  'scans:read': true,
  'scanning:devices': true,
  'scanning:capabilities': true,
  'scanning:add': true,
  'scanning:start': true,
  'scanning:next': true,
  'scanning:stop': true,
  'dossiers:accept': true,
  'dossiers:correct': true,
  'dossiers:fetch': true,
  'dossiers:hand-over': true,
  'storage:key': true,
  'journal:head': true,
  'journal:read': true,
  'voice:recording': true,
  'queue:state': true,
  'queue:issue': true,
  'queue:call-next': true,
  'queue:recall': true,
  'queue:finish': true,
  'queue:no-show': true,
  'queue:board': true,
  'queue:call': true,
  'queue:hold': true,
  'queue:return': true,
  'queue:transfer': true,
  'queue:set-counter': true,
  'queue:set-doors': true,
  'queue:attach': true,
  'queue:attachment': true,
  'queue:take-over': true,
  'queue:offer-pairing': true,
  'queue:end-pairing': true,
  'queue:pair': true,
  'queue:find-hubs': true,
  'queue:remove-member': true,
  'printing:state': true,
  'printing:reprint': true,
  'printing:resolve': true,
  'printing:save-pdf': true,
  'printing:paper': true,
  'printing:preview': true,
  'printing:printers': true,
  'printing:find': true,
  'printing:try': true,
  'printing:use': true,
  'printing:show-virtual-paper': true,
  'sync:state': true,
  'sync:deliveries': true,
  'sync:retry': true,
  'sync:enrol': true,
  'publications:state': true,
  'upstreams:state': true,
  'upstreams:of-dossier': true,
  'restore:page': true,
  'keys:state': true,
  'keys:set-recovery': true,
  'keys:rotate': true,
  'takeaway:export': true,
  'takeaway:import-receipt': true,
  'reconciliation:state': true,
  'reconciliation:close': true,
  'reconciliation:ask': true,
  'reconciliation:figures': true,
  'storage:purged': true,
  'storage:forgotten': true,
  'storage:rebuild': true,
};

const events: Record<EventName, true> = {
  'start:progress': true,
  'queue:changed': true,
  'queue:board-changed': true,
  'printing:changed': true,
  'sync:changed': true,
  'sync:delivered': true,
  'upstreams:changed': true,
  'publications:changed': true,
  'journal:appended': true,
  'catalogue:changed': true,
  'storage:purged': true,
  'reconciliation:changed': true,
  'takeaway:progress': true,
};

export const channelNames = Object.keys(channels) as readonly Channel[];
export const eventNames = Object.keys(events) as readonly EventName[];

/**
 * Channels whose calls take a message port of their own: the bridge between the page's world and the preload's copies everything
 * twice more, scans byte by byte and entries property by property. Answers are in no order with events.
 */
export const laneChannels: readonly Channel[] = ['scans:put', 'scans:read', 'dossiers:accept', 'drafts:put', 'journal:read'];
/** Name under which the port goes to the shell and to the page. */
export const LANE = 'lane';

/** IPC name of a request and of an event, so that no other message can be mistaken for one. */
export const requestName = (channel: Channel): string => `request:${channel}`;
export const eventName = (event: EventName): string => `event:${event}`;
