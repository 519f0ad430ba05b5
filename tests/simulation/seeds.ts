/** Which lives are lived, and the seeds that once failed, each with what it taught: those run before all others, for good. */
export const PINNED: ReadonlyMap<number, string> = new Map([
  [25, 'scans verified after the backup are gone though no head is behind: the province has to notice its restore by itself'],
  [47, 'a clock set back made the device ask for numbers at every contact, until the agency had none left'],
  [86, 'a province that forgot its devices gave their numbers out again: ranges of another life begin a gap away'],
  [104, 'entries that carry no dossier left the device before the backup window had passed'],
  [124, 'the gap of a restore has to be in the backup that follows it'],
  [175, 'a dossier refused before the backup and taken after it is behind the head of the restored province, which lacks it'],
  [335, 'a device without a line let go what it thought confirmed: only what was heard after the window counts'],
  [519, 'a memory of another journal'],
  [696, 'a dossier taken once, lost by the restored province and refused the second time counted as on its way for ever'],
  [718, 'an image put back twice'],
  [937, 'a scan refused while the province did not know the device was put off for an hour, as if the scan were wrong'],
  [5000, 'behind a damaged entry of one copy the province took the entries of the other'],
  [5867, 'an image taken between the identity file and its journal entry'],
  [8608, 'a copy had the id of the journal that was to follow, and became the same device'],
]);

const SEEDS = 10_000;
/** Test files the seeds are spread over, so that every core has some. */
const PARTS = 4;

export const seedsOfPart = (part: number): number[] => Array.from({ length: SEEDS / PARTS }, (_, index) => part + index * PARTS);
