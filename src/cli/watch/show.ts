import type { Output } from '../../commands/index.ts'

/** Shows a list as it is now. */
export type Show = (output: Output) => Promise<void>
