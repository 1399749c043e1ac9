import { randomUUID } from 'node:crypto'

/** As hosts make one: three uuids. It is in no pool, which is the same for the same seed. */
export const newPoolSecret = (): string => [randomUUID(), randomUUID(), randomUUID()].join('/')
