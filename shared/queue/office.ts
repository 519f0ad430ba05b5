/** What devices of one office say of themselves and to a person who joins them. */

/** Characters of the text that may be left with a ticket. */
export const MAX_ATTACHMENT_BYTES = 65_536;

/** `addresses`: `host:port` under which a new device may be told to look. */
export type PairingOffer = { code: string; expiresAtMs: number; addresses: string[] };
export type FoundHub = { name: string; officeId: string; address: string };
