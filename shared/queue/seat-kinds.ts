export const seats = ['alone', 'hub', 'standby', 'member'] as const;
/** What the settings make of a device: on its own, the office's hub, the one that takes over, or one of the others. */
export type Seat = (typeof seats)[number];
