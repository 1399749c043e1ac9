import type { OvsTables } from './ovs-tables.ts'

/** Where the rows of a switch are: in memory, or in a database of a real one. */
export interface OvsStore {
  /** Looks at the rows as they are. Throws DaemonError. */
  read<T>(look: (tables: OvsTables) => T): Promise<T>
  /**
   * Changes rows, and ends when the switch has followed. What throws must not have changed anything before.
   * @param command what `ovs-vsctl` would be asked, for the words of a failure
   * Throws DaemonError.
   */
  write<T>(command: string, change: (tables: OvsTables) => T): Promise<T>
  /** Lets go of the switch, which stays as it is. */
  close(): void
}

export const memoryStore = (tables: OvsTables): OvsStore => ({
  read: async look => look(tables),
  write: async (_command, change) => change(tables),
  close: () => {},
})
