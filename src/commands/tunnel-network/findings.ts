import { CommandError } from '../errors.ts'
import type { Host, Pif } from './objects.ts'

/** Something that a command would stumble over, or that an administrator should know before it begins. */
export interface Finding {
  /** What the host would answer, where it would refuse. */
  readonly code?: string
  readonly host?: Host | undefined
  readonly pif?: Pif | undefined
  /** What is the matter and what to do, behind the names of host and PIF. */
  readonly text: string
  /** It concerns that host's tunnel alone: others can be made without it. */
  readonly isLocal?: boolean
}

/** Nothing was changed, because of all these. */
export class Obstacles extends CommandError {
  constructor(what: string, findings: readonly Finding[]) {
    const things = findings.length === 1 ? 'one thing is' : `${findings.length} things are`
    const details = findings.map(finding => ({ label: finding.code ?? 'request', value: sentence(finding) }))
    super(`${what}: ${things} in the way, and nothing was changed.`, 'command', details)
  }
}

/** One line: host, PIF, what is the matter, what to do. */
export function sentence({ host, pif, text }: Finding): string {
  const about = [...(host ? [visible(host.nameLabel) || host.uuid] : []), ...(pif ? [`PIF ${named(pif)}`] : [])]
  return about.length === 0 ? text : `${about.join(': ')} ${text}`
}

/** A PIF as its administrator knows it, with what identifies it. */
export function named(pif: Pif): string {
  return `${visible(pif.device)}${pif.VLAN >= 0 ? ` VLAN ${pif.VLAN}` : ''} (${pif.uuid})`
}

/** A parameter as one would type it into a shell. */
export function parameter(name: string, value: string): string {
  const word = `${name}=${visible(value)}`
  return /^[\w.:@%+,/=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** A name without what would make a terminal do something. */
export function visible(name: string): string {
  return name.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, character => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
