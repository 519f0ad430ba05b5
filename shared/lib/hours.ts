/** Hours of the day in settings: from `HH:mm` to `HH:mm` at the counter, whatever the computer's own zone. */
import { z } from 'zod';
import { formatDateTime } from './time.ts';

export const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/u);

/** `HH:mm` at the counter. */
export const timeOfDayAt = (atMs: number): string => formatDateTime(atMs).slice(11);

/** The last minute does not belong to it; a window whose end is not after its beginning goes over midnight. */
export const isWithin = ({ from, to }: { from: string; to: string }, time: string): boolean =>
  from < to ? from <= time && time < to : from <= time || time < to;
