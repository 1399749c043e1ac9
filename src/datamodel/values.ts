/** The null reference. */
export const NULL_REF = 'OpaqueRef:NULL'

/** The date that stands for "never". */
export const EPOCH = '19700101T00:00:00Z'

/**
 * A reference to an object of class C. A plain string may stand in; a reference to another class may not.
 */
export type Ref<C extends string> = string & { readonly __class?: C }

/**
 * A XenAPI value in this process. Maps keep the order of the wire and are safe for keys such as `__proto__` or `100`,
 * which a plain object would drop or move. An int is a number, or a bigint where a number would lose digits; a datetime
 * is a string, `YYYYMMDDThh:mm:ssZ`.
 */
export type Value = string | number | bigint | boolean | null | readonly Value[] | ReadonlyMap<string, Value>
