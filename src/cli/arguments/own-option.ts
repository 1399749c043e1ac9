import type { Given } from '../settings.ts'

/** An option that xe does not have. */
export interface OwnOption {
  readonly name: string
  /** What its value is called, where it takes one. */
  readonly value?: string
  /** The value is not needed. */
  readonly isOptional?: true
  readonly description: string
  /** The environment variable that says the same; the command line overrides it. */
  readonly variable?: string
  /** Sets it; false where the value makes no sense. */
  readonly set: (settings: Given, value: string) => boolean
}
