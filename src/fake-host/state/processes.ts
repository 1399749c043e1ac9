import { readFileSync } from 'node:fs'
import process from 'node:process'

/** This process and others on this machine, as far as a lock must know them. */
export interface Processes {
  readonly pid: number
  /**
   * Tells a process from a later one with the same number: undefined where it has ended, '' where it runs and the system
   * does not say more.
   */
  birth(pid: number): string | undefined
}

// A lock is about processes, so that this one file has to ask the system for them.
export const systemProcesses: Processes = {
  pid: process.pid,
  birth(pid) {
    try {
      process.kill(pid, 0)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return undefined // a system error has a code
    }
    const status = readStatus(pid)
    return status?.startsWith('Z') ? undefined : (status?.split(' ')[19] ?? '')
  },
}

/** What Linux says of a process, from its state letter on; undefined elsewhere. */
function readStatus(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return text.slice(text.lastIndexOf(') ') + 2)
  } catch {
    return undefined
  }
}
