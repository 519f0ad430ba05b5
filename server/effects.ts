/** What the features do when an operation reaches the province, whichever way it came. */
import { setCatalogueVersion } from './devices/device-store.ts';
import { confirmLease } from './devices/number-store.ts';
import { insertDossier } from './dossiers/dossier-store.ts';
import type { Effects } from './journal/apply.ts';
import { issueTicket, moveTicket } from './queue/ticket-store.ts';

export const effects: Effects = { installCatalogue: setCatalogueVersion, confirmLease, issueTicket, moveTicket, insertDossier };
