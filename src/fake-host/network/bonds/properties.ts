import type { BondMode } from '../../../datamodel/index.ts'
import { Failure } from '../../dispatch/failure.ts'

interface Property {
  readonly valid: RegExp
  /** What a bond has that was not told; none: the property stays away. */
  readonly byDefault?: string
}

/** The properties of bonds in mode lacp; other modes have none (docs/spec/networking-semantics.md 6.2). */
const LACP: ReadonlyMap<string, Property> = new Map<string, Property>([
  ['hashing_algorithm', { valid: /^(src_mac|tcpudp_ports)$/, byDefault: 'tcpudp_ports' }],
  ['lacp-time', { valid: /^(fast|slow)$/, byDefault: 'slow' }],
  ['lacp-aggregation-key', { valid: /^-?\d+$/ }],
  ['lacp-fallback-ab', { valid: /^(true|false)$/, byDefault: 'true' }],
])

const isValid = (mode: BondMode, name: string, value: string): boolean =>
  mode === 'lacp' && LACP.get(name)?.valid.test(value) === true

/** Throws INVALID_VALUE ["properties"; text] unless a bond of that mode can have the property. */
export function checkBondProperty(mode: BondMode, name: string, value: string): void {
  if (!isValid(mode, name, value)) throw new Failure('INVALID_VALUE', 'properties', `${name} = ${value}`)
}

/** Those of the given properties that a bond of that mode can have, behind the mode's defaults for what is missing. */
export function bondProperties(mode: BondMode, given: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const result = [...given].filter(([name, value]) => isValid(mode, name, value))
  const names = new Set(result.map(([name]) => name))
  for (const [name, { byDefault }] of mode === 'lacp' ? LACP : []) {
    if (byDefault !== undefined && !names.has(name)) result.unshift([name, byDefault])
  }
  return new Map(result)
}
