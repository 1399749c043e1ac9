import type { Change, Switch } from '../model.ts'

/** A host whose switch is to be looked after. */
export interface SwitchPlace {
  readonly host: string
  readonly name: string
  /** The host's management address. */
  readonly address: string
}

/** What a dataplane tells whoever uses it. */
export interface DataplaneEvents {
  /** A switch looks different. */
  readonly onSwitch: (host: string, seen: Switch) => void
  /**
   * This controller leads, or another one does: told as soon as that is known, and whenever it changes. Whoever only looks leaves
   * it out, and leaves the lead to others.
   */
  readonly onLead?: (leads: boolean) => void
  /** What went wrong, and was overcome by waiting. */
  readonly onTrouble: (host: string, message: string) => void
}

/**
 * The switches of the hosts. Each is connected to by itself, again and again while it is away, and read as a whole before
 * anything is told of it.
 */
export interface Dataplane extends AsyncDisposable {
  /** Says which hosts there are: switches of others are let go of, new ones connected to. Resolves when each has been tried. */
  look(places: readonly SwitchPlace[], pools: ReadonlySet<string>): Promise<void>
  /**
   * Makes all of some changes to a switch or none of them, and waits until it has carried them out. Throws DataplaneError.
   */
  apply(host: string, changes: readonly Change[]): Promise<void>
  /** Asks a switch for a sign that it follows its database. What comes of it is told like any change. */
  probe(host: string): void
  /** Reads all switches anew. */
  resync(): void
}

/**
 * Why a switch was not changed. `refused`: nothing of it was done. `unknown`: nobody knows whether it was, and the switch is
 * read anew.
 */
export class DataplaneError extends Error {
  override readonly name = 'DataplaneError'
  readonly kind: 'refused' | 'unknown'

  constructor(kind: 'refused' | 'unknown', message: string) {
    super(message)
    this.kind = kind
  }
}
