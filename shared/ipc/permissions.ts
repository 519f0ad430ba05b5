/** Which role may call what: least privilege, decided in the shell, whatever the page asks. */
import type { Role } from '../settings/settings.ts';
import type { Channel } from './contract.ts';

const everyone: Channel[] = ['app:info', 'app:report-error', 'catalogue:get', 'queue:state', 'printing:state'];
/** How any device of an office becomes known to its hub. */
const joining: Channel[] = ['queue:find-hubs', 'queue:pair'];
const lobby: Channel[] = [...everyone, ...joining, 'queue:issue', 'queue:attach'];
const board: Channel[] = ['app:info', 'app:report-error', 'queue:state', 'queue:board', 'voice:recording', ...joining];
const staff: Channel[] = [
  ...everyone,
  ...joining,
  'app:save-file',
  'catalogue:install',
  'catalogue:version',
  'publications:state',
  'drafts:list',
  'drafts:put',
  'drafts:delete',
  'scans:put',
  'scans:read',
  'dossiers:accept',
  'dossiers:correct',
  'dossiers:fetch',
  'storage:key',
  'journal:head',
  'journal:read',
  'queue:issue',
  'queue:call-next',
  'queue:recall',
  'queue:finish',
  'queue:no-show',
  'queue:board',
  'queue:call',
  'queue:hold',
  'queue:return',
  'queue:transfer',
  'queue:set-counter',
  'queue:set-doors',
  'queue:attach',
  'queue:attachment',
  'queue:take-over',
  'queue:offer-pairing',
  'queue:end-pairing',
  'queue:remove-member',
  'printing:reprint',
  'printing:resolve',
  'printing:save-pdf',
  'printing:paper',
  'printing:preview',
  'printing:printers',
  'printing:find',
  'printing:try',
  'printing:use',
  'printing:show-virtual-paper',
  'sync:state',
  'sync:deliveries',
  'sync:retry',
  'sync:enrol',
  'upstreams:state',
  'upstreams:of-dossier',
  'restore:page',
  'keys:state',
  'keys:set-recovery',
  'keys:rotate',
  'takeaway:export',
  'takeaway:import-receipt',
  'reconciliation:state',
  'reconciliation:close',
  'reconciliation:ask',
  'reconciliation:figures',
  'storage:purged',
  'storage:forgotten',
  'storage:rebuild',
];

const allowed: Record<Role, ReadonlySet<Channel>> = {
  officer: new Set(staff),
  // Postal staff receive and check, they do not change the catalogue (QĐ 45/2016).
  postal: new Set<Channel>([...staff.filter((channel) => channel !== 'catalogue:install'), 'dossiers:hand-over']),
  lobby: new Set(lobby),
  board: new Set(board),
};

export const mayCall = (role: Role, channel: Channel): boolean => allowed[role].has(channel);
