import { type Draft, defaults, type Given, type Settings } from './settings.ts'

/** What one source says. */
export interface Layer {
  /** The source as a user knows it, such as `~/.xe`. */
  readonly origin: string
  readonly given: Given
}

/** A word that a source adds to every command. */
export interface Added {
  readonly origin: string
  readonly word: string
}

/** The source of each setting that is not a default. */
export type Origins = Readonly<Partial<Record<keyof Settings, string>>>

/**
 * Lays sources over each other, later ones over earlier ones. A password and a place to get it from are two ways to say the same:
 * the later one counts, and in one source the place.
 */
export function overlaid(layers: readonly Layer[]): { readonly settings: Draft; readonly origins: Origins } {
  const settings: Draft = { ...defaults }
  const origins: Partial<Record<keyof Settings, string>> = {}
  for (const { origin, given } of layers) {
    if (given.password !== undefined || given.passwordFile) forget('passwordFrom')
    if (given.passwordFrom) forget('password', 'passwordFile')
    Object.assign(settings, given)
    for (const name of namesOf(given)) origins[name] = origin
  }
  return { settings, origins }

  function forget(...names: readonly (keyof Settings)[]): void {
    for (const name of names) {
      Object.assign(settings, { [name]: defaults[name] })
      delete origins[name]
    }
  }
}

/** Object.keys knows no more of the names than that they are strings. */
const namesOf = (given: Given): readonly (keyof Settings)[] => Object.keys(given) as (keyof Settings)[]
