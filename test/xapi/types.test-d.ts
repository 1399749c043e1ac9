// Read by the compiler alone: what must and must not type-check.
import type { Change, NetworkRecord, Ref, Session, TunnelRecord } from '../../src/xapi/index.ts'

export async function usage(session: Session, pif: Ref<'PIF'>, network: Ref<'network'>): Promise<void> {
  const tunnel: Ref<'tunnel'> = await session.tunnel.create(pif, network, 'gre')
  await session.tunnel.create(pif, network)
  await session.tunnel.create('OpaqueRef:a', 'OpaqueRef:b', 'vxlan')
  await session.network.create({ other_config: new Map(), MTU: 9000 })
  const record: TunnelRecord = await session.tunnel.get_record(tunnel)
  const active: string | undefined = record.status.get('active')
  const all: ReadonlyMap<Ref<'network'>, NetworkRecord> = await session.network.get_all_records()
  const mtu: number = await session.network.get_MTU(network)
  void [active, all, mtu]
  for await (const change of session.watch(['tunnel', 'network'])) {
    const any: Change = change
    if (change.class === 'network') void [change.record.bridge, await session.network.get_record(change.ref)]
    // @ts-expect-error a tunnel has no bridge
    else void change.record.bridge
    // @ts-expect-error no tunnel and no network
    void [any, change.class === 'VM']
  }

  // @ts-expect-error a network is no PIF
  await session.tunnel.create(network, network)
  // @ts-expect-error no such protocol
  await session.tunnel.create(pif, network, 'ipip')
  // @ts-expect-error no such field
  void record.acces_PIF
  // @ts-expect-error a tunnel is no network
  await session.network.get_record(tunnel)
  // @ts-expect-error no such message
  await session.tunnel.explode(tunnel)
  // @ts-expect-error no such class to watch
  session.watch(['tunnels'])
  // @ts-expect-error no such class
  await session.tunnels.get_all()
  // @ts-expect-error no setter for a field that is read-only
  await session.tunnel.set_access_PIF(tunnel, pif)
  // @ts-expect-error a record does without no field that has no default
  await session.network.create({ MTU: 9000 })
  // @ts-expect-error undefined is no value
  await session.call('tunnel.get_all', undefined)
}
