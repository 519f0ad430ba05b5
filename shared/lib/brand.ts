declare const brand: unique symbol;

/** A string that may not be mixed up with another kind of string. */
export type Branded<T, B extends string> = T & { readonly [brand]: B };
