/** NUL and half a surrogate pair: what the province's database cannot store, so neither side lets it in. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;

export const isStorable = (text: string): boolean => !UNSTORABLE.test(text);
