import type { Port, Switch } from './model.ts'

/** What a dataplane reads from a switch. */
export interface SwitchReading {
  readonly connected: boolean
  readonly follows: boolean
  readonly canProtect: boolean
  readonly bridges: Iterable<string>
  /** All tunnel ports, of whoever made them. */
  readonly ports: readonly Port[]
}

/** Sorts the ports of a switch: those marked for one of the pools are own ones, all others somebody else's. */
export function switchOf({ bridges, ports, ...rest }: SwitchReading, pools: ReadonlySet<string>): Switch {
  const own = new Map<string, Port[]>()
  const foreign: Port[] = []
  for (const port of ports) {
    if (!port.mark || !pools.has(port.mark.pool)) {
      foreign.push(port)
      continue
    }
    const { network } = port.mark
    const those = own.get(network)
    if (those) those.push(port)
    else own.set(network, [port])
  }
  return { ...rest, bridges: new Set(bridges), own, foreign }
}
