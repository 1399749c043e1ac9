import type { Ref } from '../../datamodel/index.ts'
import type { Pool } from '../dispatch/context.ts'
import { FakeHostError } from '../error.ts'
import { switchesOf, withStatus } from '../fabric/index.ts'
import { hostNamed } from '../host-named.ts'
import { nicKey } from '../network/index.ts'
import { carrier } from './carrier.ts'
import { pifNamed, transportOf } from './named.ts'

/** What a scenario works on. */
export interface Stage {
  readonly pool: Pool
  /** Cuts a host's power, and lets it boot. */
  stop(host: Ref<'host'>, options: { readonly unnoticed: boolean }): Promise<void>
  start(host: Ref<'host'>): Promise<void>
}

/** Parameters of a scenario, by name. */
export type ScenarioParameters = Readonly<Record<string, string>>

/** Takes back what a scenario did. */
type Undo = () => Promise<void> | void

/** Something that goes wrong in a pool. */
export interface ScenarioKind {
  readonly description: string
  /** The names of its parameters, and what each says. */
  readonly parameters: Readonly<Record<string, string>>
  /** Lets it go wrong. Throws FakeHostError. */
  begin(stage: Stage, parameters: ScenarioParameters): Promise<Undo>
}

const HOST = 'the host, by name or uuid'

export const SCENARIOS: Readonly<Record<string, ScenarioKind>> = {
  'transport-lost-address': {
    description: 'A PIF that carries tunnels loses its IP address, as when a DHCP lease ends.',
    parameters: { pif: 'the PIF, by uuid', host: 'instead of pif: the host whose only transport PIF it is' },
    async begin({ pool }, { pif: named, host }) {
      const { db } = pool
      const pif = named === undefined ? transportOf(pool, hostNamed(db, needed('host', host))) : pifNamed(db, named)
      const [IP, IPv6] = [db.get('PIF', pif, 'IP'), db.get('PIF', pif, 'IPv6')]
      if (IP === '' && IPv6.every(address => address === '')) {
        throw new FakeHostError(`PIF ${db.get('PIF', pif, 'uuid')} has no address`)
      }
      db.set('PIF', pif, 'IP', '')
      db.set('PIF', pif, 'IPv6', [])
      return () => {
        if (!db.exists('PIF', pif) || db.get('PIF', pif, 'IP') !== '') return // it has been given one since
        db.set('PIF', pif, 'IP', IP)
        db.set('PIF', pif, 'IPv6', IPv6)
      }
    },
  },

  'host-dies': {
    description: 'A host loses its power.',
    parameters: { host: HOST, unnoticed: 'true: its metrics go on to say that it is live' },
    async begin(stage, { host: named, unnoticed = 'false' }) {
      const { db, hosts } = stage.pool
      const host = hostNamed(db, needed('host', named))
      if (!hosts.isRunning(host)) throw new FakeHostError(`host ${named} does not run`)
      if (unnoticed !== 'true' && unnoticed !== 'false') throw new FakeHostError('unnoticed is true or false')
      await stage.stop(host, { unnoticed: unnoticed === 'true' })
      return () => (db.exists('host', host) ? stage.start(host) : undefined)
    },
  },

  'switch-crashes': {
    description: "A host's switch stops: no frame passes, and its database says what it said last.",
    parameters: { host: HOST },
    async begin({ pool }, { host: named }) {
      const host = hostNamed(pool.db, needed('host', named))
      const { conditions } = pool.networks
      const { backend, next_cfg } = pool.networks.of(host)
      if (backend.isReal) throw new FakeHostError(`the switch of ${named} is a real one: stop it where it runs`)
      if (conditions.crashed.has(host)) throw new FakeHostError(`the switch of ${named} has stopped already`)
      const bridges = await withStatus(pool, switchesOf(pool), host)
      conditions.crashed.set(host, { bridges, cur_cfg: next_cfg })
      return () => void conditions.crashed.delete(host)
    },
  },

  'network-partition': {
    description: 'The wires between some hosts and the others are cut. Calls of XenAPI still pass.',
    parameters: { side: 'the hosts on one side, by name or uuid, with commas between them' },
    async begin({ pool: { db, networks } }, { side: named }) {
      const side = new Set(
        needed('side', named)
          .split(',')
          .map(name => hostNamed(db, name.trim())),
      )
      if (db.refs('host').every(host => side.has(host))) throw new FakeHostError('no host is left on the other side')
      const { partitions } = networks.conditions
      const id = [...side].sort().join()
      if (partitions.has(id)) throw new FakeHostError('these hosts are cut off already')
      partitions.set(id, [side])
      return () => void partitions.delete(id)
    },
  },

  'pif-cable-pulled': {
    description: 'The cable of a network card is pulled.',
    parameters: { pif: 'the PIF, by uuid', host: 'instead of pif: the host', device: 'with host: such as eth0' },
    async begin({ pool }, { pif: named, host, device }) {
      const { db, networks } = pool
      const pif =
        named === undefined ? cardOf(pool, needed('host', host), needed('device', device)) : pifNamed(db, named)
      if (!db.get('PIF', pif, 'physical')) throw new FakeHostError('only a physical PIF has a cable')
      const key = nicKey(db.get('PIF', pif, 'host'), db.get('PIF', pif, 'device'))
      const { pulled } = networks.conditions
      if (pulled.has(key)) throw new FakeHostError('the cable is pulled already')
      pulled.add(key)
      carrier(pool, pif, false)
      return () => {
        pulled.delete(key)
        if (db.exists('PIF', pif)) carrier(pool, pif, true)
      }
    },
  },
}

function needed(name: string, value: string | undefined): string {
  if (value === undefined || value === '') throw new FakeHostError(`the scenario needs ${name}`)
  return value
}

function cardOf({ db }: Pool, hostName: string, device: string): Ref<'PIF'> {
  const host = hostNamed(db, hostName)
  const isCard = (pif: Ref<'PIF'>) => db.get('PIF', pif, 'physical') && db.get('PIF', pif, 'device') === device
  const found = db.get('host', host, 'PIFs').find(isCard)
  if (found === undefined) throw new FakeHostError(`host ${hostName} has no physical PIF ${device}`)
  return found
}
