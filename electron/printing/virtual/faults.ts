/** What can go wrong with the virtual printer, on command. */
export type Faults = {
  paperOut: boolean;
  paperNearEnd: boolean;
  coverOpen: boolean;
  offline: boolean;
  /** Answers no question, as some network boxes do. */
  mute: boolean;
  /** Does not know GS a: says nothing unasked. */
  noReports: boolean;
  /** Does not know GS r, as some cheap models do not. */
  noMarkers: boolean;
  slowBytesPerSecond: number | null;
  /** The next connection is destroyed after so many received bytes; happens once. */
  cutSocketAfterBytes: number | null;
  /** The paper ends after so many more rows; happens once. */
  paperOutAfterRows: number | null;
};

export const noFaults: Faults = {
  paperOut: false,
  paperNearEnd: false,
  coverOpen: false,
  offline: false,
  mute: false,
  noReports: false,
  noMarkers: false,
  slowBytesPerSecond: null,
  cutSocketAfterBytes: null,
  paperOutAfterRows: null,
};

export const isStopped = (faults: Faults): boolean => faults.paperOut || faults.coverOpen || faults.offline;

/** The answer to DLE EOT n (Epson ESC/POS reference); null for an n that is not defined. */
export function realTimeStatus(topic: number, faults: Faults): number | null {
  const fixed = 0x12;
  switch (topic) {
    case 1:
      return fixed | (isStopped(faults) ? 0x08 : 0);
    case 2:
      return fixed | (faults.coverOpen ? 0x04 : 0) | (faults.paperOut ? 0x20 : 0);
    case 3:
      return fixed;
    case 4:
      return fixed | (faults.paperOut || faults.paperNearEnd ? 0x0c : 0) | (faults.paperOut ? 0x60 : 0);
    default:
      return null;
  }
}

/** The answer to GS r n: paper sensor (1, 49), drawer (2, 50). */
export const inOrderStatus = (topic: number, faults: Faults): number =>
  topic === 1 || topic === 49 ? (faults.paperNearEnd ? 0x03 : 0) | (faults.paperOut ? 0x0c : 0) : 0;

/** The four bytes of an automatic status report, GS a n. */
export const statusReport = (faults: Faults): number[] => [
  0x10 | (isStopped(faults) ? 0x08 : 0) | (faults.coverOpen ? 0x20 : 0),
  0,
  (faults.paperNearEnd || faults.paperOut ? 0x03 : 0) | (faults.paperOut ? 0x0c : 0),
  0,
];
