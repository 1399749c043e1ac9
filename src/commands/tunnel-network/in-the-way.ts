import { NULL_REF } from '../../datamodel/index.ts'
import type { Session } from '../command.ts'
import { Others } from '../records/others.ts'
import { type Struct, struct, text } from '../wire.ts'
import { type Finding, visible } from './findings.ts'
import type { TunnelNetwork } from './links.ts'
import type { Pool } from './pool.ts'

/** What a host would refuse to remove a network for, and what goes along with it. */
export interface InTheWay {
  readonly obstacles: readonly Finding[]
  readonly warnings: readonly Finding[]
}

/** Looks at everything at once that stands in the way (docs/spec/networking-semantics.md 3.2, 4.3 and 8.3). */
export async function inTheWay(session: Session, pool: Pool, network: TunnelNetwork): Promise<InTheWay> {
  const vifs = await vifsOn(session, network.ref)
  return {
    obstacles: [...pifObstacles(pool, network), ...vifs.filter(vif => vif.isInUse).map(vifObstacle)],
    warnings: vifs
      .filter(vif => !vif.isInUse)
      .map(({ who, uuid }) => ({ text: `${who} (${uuid}) is not plugged in and goes with the network.` })),
  }
}

function pifObstacles(pool: Pool, { ref, links }: TunnelNetwork): readonly Finding[] {
  const found: Finding[] = []
  if (pool.isProtected && links.some(link => link.accessPif.isAttached))
    found.push({ code: 'HA_IS_ENABLED', text: 'HA or the redo log is on, so no PIF can be unplugged: turn both off.' })
  for (const { host, isLive, accessPif: pif, transportPif, tunnel } of links) {
    const add = (code: string, words: string) => found.push({ code, host, pif, text: words })
    if (!isLive) found.push({ code: 'HOST_OFFLINE', host, text: 'is not live: start it, or remove it from the pool.' })
    if (!transportPif)
      add('HANDLE_INVALID', `has lost its transport PIF: pif-unplug it, then pif-db-forget uuid=${pif.uuid}.`)
    if (!pif.isManaged) add('PIF_UNMANAGED', `is not managed by the toolstack, so tunnel ${tunnel.uuid} has to stay.`)
    if (pif.isManagement)
      add('PIF_IS_MANAGEMENT_INTERFACE', 'is the management interface: move that with host-management-reconfigure.')
    if (!pif.allowsUnplug)
      add(
        'PIF_DOES_NOT_ALLOW_UNPLUG',
        `does not allow to be unplugged: pif-param-set uuid=${pif.uuid} disallow-unplug=false.`,
      )
  }
  const access = new Set(links.map(link => link.accessPif))
  for (const pif of pool.pifs.values()) {
    if (pif.network !== ref || access.has(pif)) continue
    const host = pool.hosts.get(pif.host)
    found.push({ code: 'NETWORK_CONTAINS_PIF', host, pif, text: 'is on the network too, and belongs to no tunnel.' })
  }
  return found
}

interface Vif {
  readonly uuid: string
  /** Its VM and device. */
  readonly who: string
  readonly isInUse: boolean
  /** What frees it. */
  readonly remedy: string
}

const vifObstacle = ({ who, uuid, remedy }: Vif): Finding => ({
  code: 'NETWORK_CONTAINS_VIF',
  text: `${who} (${uuid}) is plugged in: ${remedy}.`,
})

/** The VIFs on a network: one call for them, and one or a few for their VMs. */
async function vifsOn(session: Session, network: string): Promise<readonly Vif[]> {
  const answer = struct(await session.call('VIF.get_all_records_where', `field "network" = "${network}"`))
  const records = Array.from(answer.values(), struct)
  const vmOf = (vif: Struct) => text(vif.get('VM') ?? NULL_REF)
  const others = new Others(session)
  await others.fetch(records.map(vif => ({ class: 'VM', ref: vmOf(vif), what: 'record' })))
  return records.map(vif => {
    const vm = others.record('VM', vmOf(vif))
    const name = vm ? `VM ${visible(text(vm.get('name_label') ?? ''))}` : 'A VM that is gone'
    const uuid = text(vif.get('uuid') ?? '')
    return {
      uuid,
      who: `${name}: VIF ${visible(text(vif.get('device') ?? ''))}`,
      isInUse: text(vif.get('currently_attached') ?? false) === 'true' || operations(vif) > 0,
      remedy: remedyFor(text(vm?.get('power_state') ?? ''), uuid),
    }
  })
}

const operations = (vif: Struct): number => struct(vif.get('current_operations') ?? new Map()).size

function remedyFor(powerState: string, uuid: string): string {
  if (powerState === 'Suspended') return 'resume the VM and shut it down'
  return `vif-unplug uuid=${uuid}, or shut the VM down`
}
