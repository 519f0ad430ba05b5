/** `1.250.000 đ`: Vietnamese grouping, no decimals (the đồng has none). */
export const formatVnd = (amountVnd: number): string => `${String(Math.round(amountVnd)).replace(/\B(?=(\d{3})+$)/gu, '.')} đ`;
