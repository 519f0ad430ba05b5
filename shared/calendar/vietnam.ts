/**
 * The public holidays shipped with the app (Bộ luật Lao động 2019 art. 112), until a province publishes its own table.
 *
 * Sure: the fixed days, Tết 2025 and 2026, the lunar dates, days off in lieu (art. 111.3), the swaps of 2025 and of
 * 02/01/2026. Recalled: the swap of 31/8/2026. Not decided yet, so provisional: how the five days of Tết 2027 lie around
 * 6/2/2027, the second day of Quốc khánh 2027. 24/11 (from 2026) was seen in code only. The version says "dự kiến".
 */
import type { Calendar } from '../catalogue/catalogue.ts';
import table from './data/vn-2026.json';

export const vietnamCalendar: Calendar = table;
