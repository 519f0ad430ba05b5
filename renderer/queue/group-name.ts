import type { GroupLine } from './queue-view.ts';

/** A group that is no longer in the settings keeps its identifier. */
export const groupName = (groups: readonly GroupLine[], groupId: string): string => groups.find(({ group }) => group.id === groupId)?.group.name ?? groupId;
