import { parseEnumeration } from '../enumerations.ts'
import { CommandError } from '../errors.ts'
import { parseInteger } from '../integers.ts'
import { find, flag, type Parameters, required } from '../parameters.ts'
import { isGeneral } from '../records/target.ts'
import { visible } from './findings.ts'
import type { Wanted } from './selection.ts'

/** What a user wants made. */
export interface Order extends Wanted {
  readonly nameLabel: string
  readonly nameDescription: string
  readonly protocol: string
  /** Undefined: what fits. */
  readonly MTU: number | undefined
  /** Do without the hosts on which it does not work. */
  readonly keepGoing: boolean
}

/** Reads the parameters of tunnel-network-create. Throws CommandError on what makes no sense in itself. */
export function readOrder(parameters: Parameters, known: readonly string[]): Order {
  checkNames(parameters, known)
  const nameLabel = required(parameters, 'name-label')
  if (nameLabel === '') throw new CommandError('name-label is empty, and a tunnel network needs a name')
  const device = find(parameters, 'pif-device')
  if (device === '') throw new CommandError('pif-device is empty')
  const pifUuids = names(parameters, 'pif-uuids')
  if (device === undefined && pifUuids === undefined)
    throw new CommandError(
      'say where the tunnels start: pif-device=DEVICE for the same on every host, or pif-uuids=UUID,...',
    )
  if (device !== undefined && pifUuids !== undefined)
    throw new CommandError('pif-device and pif-uuids exclude each other')
  const vlan = between(parameters, 'vlan', 0, 4094)
  if (vlan !== undefined && device === undefined)
    throw new CommandError('vlan is about a pif-device: pif-uuids has it all')
  return {
    nameLabel,
    nameDescription: find(parameters, 'name-description') ?? '',
    device,
    vlan,
    pifUuids,
    hosts: names(parameters, 'hosts'),
    protocol: parseEnumeration('tunnel_protocol', find(parameters, 'protocol') ?? 'gre'),
    MTU: between(parameters, 'mtu', 68, 65535),
    keepGoing: flag(parameters, 'keep-going'),
  }
}

/**
 * Whoever mistypes a name means something by it, and half a pool may hang on it: other than xe's own commands, these ignore
 * nothing.
 */
export function checkNames(parameters: Parameters, known: readonly string[]): void {
  const wrong = parameters.map(([name]) => name).find(name => !known.includes(name) && !isGeneral(name))
  if (wrong !== undefined)
    throw new CommandError(`there is no parameter ${visible(wrong) || "''"} here, only ${known.join(', ')}`)
}

/** Names between commas. */
function names(parameters: Parameters, name: string): readonly string[] | undefined {
  const value = find(parameters, name)
  if (value === undefined) return undefined
  const all = value.split(',').filter(part => part !== '')
  if (all.length === 0) throw new CommandError(`${name} is empty`)
  return all
}

function between(parameters: Parameters, name: string, least: number, most: number): number | undefined {
  const value = find(parameters, name)
  if (value === undefined) return undefined
  const number = Number(parseInteger(value) ?? Number.NaN)
  if (number >= least && number <= most) return number
  throw new CommandError(`${name} takes a number from ${least} to ${most}`)
}
