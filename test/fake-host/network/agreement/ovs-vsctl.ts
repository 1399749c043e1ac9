import type { BridgeConfig, GuestPort, PortConfig } from '../../../../src/fake-host/network/daemon.ts'

type Vsctl = (...args: readonly string[]) => Promise<string>

/** What a host's network daemon runs, word by word as docs/spec/networking-semantics.md 17 has it. A refusal rejects. */
export interface Recipes {
  start(): Promise<unknown>
  makeConfig(bridges: readonly (readonly [name: string, config: BridgeConfig])[]): Promise<void>
  create(name: string, config: BridgeConfig): Promise<void>
  destroy(name: string, force: boolean): Promise<void>
  setMtu(device: string, mtu: number): Promise<unknown>
  addGuest(port: GuestPort): Promise<void>
  removeGuest(device: string): Promise<unknown>
}

export function recipes(vsctl: Vsctl): Recipes {
  const lines = async (...args: readonly string[]) => (await vsctl(...args)).split('\n').filter(line => line !== '')
  const orNone = (found: Promise<string[]>) => found.catch((): string[] => [])

  // 17.2
  async function create(name: string, config: BridgeConfig): Promise<void> {
    const { vlan, bridge_mac: mac, other_config: asked, igmp_snooping: snooping } = config
    const words: string[] = []
    if (vlan) {
      const [parent, tag] = vlan
      for (const twin of await lines(
        '--bare',
        '-f',
        'table',
        '--',
        '--columns=name',
        'find',
        'port',
        'fake_bridge=true',
        `tag=${tag}`,
      )) {
        const below = await vsctl('br-to-parent', twin)
        if (twin !== name && below === parent) await vsctl('--', '--if-exists', 'del-br', twin)
      }
      const vifs = (await orNone(lines('list-ifaces', name))).filter(device => /^vif/.test(device))
      const [below] = await orNone(lines('br-to-parent', name))
      if (below === name) words.push('--', '--if-exists', 'del-br', name)
      words.push('--', '--may-exist', 'add-br', name, parent, String(tag))
      if (mac !== undefined) words.push('--', 'set', 'interface', name, `MAC="${mac}"`)
      words.push('--', 'br-set-external-id', parent, 'xs-network-uuids', asked.get('network-uuids') ?? '')
      for (const vif of vifs) words.push('--', '--may-exist', 'add-port', name, vif)
    } else {
      const bridge = ['--', 'set', 'bridge', name]
      words.push('--', '--may-exist', 'add-br', name)
      if (mac !== undefined) words.push(...bridge, `other-config:hwaddr="${mac}"`)
      const mode = asked.get('vswitch-controller-fail-mode') === 'secure' ? 'secure' : 'standalone'
      words.push(...bridge, `fail_mode=${mode}`)
      const inBand = asked.get('vswitch-disable-in-band')
      if (inBand === undefined) words.push('--', 'remove', 'bridge', name, 'other_config', 'disable-in-band')
      else if (['true', 'false'].includes(inBand)) words.push(...bridge, `other_config:disable-in-band=${inBand}`)
      words.push('--', 'br-set-external-id', name, 'xs-network-uuids', asked.get('network-uuids') ?? '')
      words.push(...bridge, 'other_config:mac-table-size=10000')
      if (snooping !== undefined) {
        words.push(...bridge, `mcast_snooping_enable=${snooping}`)
        words.push(...bridge, 'other_config:enable-ipv6-mcast-snooping=false')
        words.push(...bridge, 'other_config:mcast-snooping-disable-flood-unregistered=true')
      }
    }
    await vsctl(...words)
  }

  // 17.3
  async function addPort(bridge: string, port: string, config: PortConfig): Promise<void> {
    const [only = '', ...more] = config.interfaces
    if (more.length === 0) await vsctl('--', '--may-exist', 'add-port', bridge, only)
    else await vsctl('--', '--may-exist', 'add-bond', bridge, port, ...config.interfaces, ...bondWords(port, config))
  }

  return {
    start: () => vsctl('set', 'Open_vSwitch', '.', 'other_config:max-idle=5000'),
    create,
    async makeConfig(bridges) {
      const parentsFirst = bridges.toSorted(
        ([, a], [, b]) => Number(a.vlan !== undefined) - Number(b.vlan !== undefined),
      )
      for (const [name, config] of parentsFirst) {
        await create(name, config)
        for (const [port, ports] of config.ports) await addPort(name, port, ports)
      }
    },
    // 17.4
    async destroy(name, force) {
      const fakes = await lines('--bare', '-f', 'table', '--', '--columns=_uuid', 'find', 'port', 'fake_bridge=true')
      const [ports = ''] = await orNone(lines('get', 'bridge', name, 'ports'))
      if (force || !fakes.some(uuid => ports.includes(uuid))) await vsctl('--', '--if-exists', 'del-br', name)
    },
    // 17.5; where it fails, the device gets it in another way
    setMtu: (device, mtu) => vsctl('set', 'interface', device, `mtu_request=${mtu}`).catch(() => ''),
    // 17.6
    async addGuest({ device, bridge, locking, trunks, ...guest }) {
      await vsctl('--', '--if-exists', 'del-port', device)
      if (locking === 'disabled') return
      const id = (key: string, value: string) => ['--', 'set', 'interface', device, `external-ids:"${key}"="${value}"`]
      const ids = [id('xs-vm-uuid', guest.vm), id('xs-vif-uuid', guest.vif), id('xs-network-uuid', guest.network)]
      await vsctl('add-port', bridge, device, ...ids.flat(), ...id('attached-mac', guest.MAC))
      if (trunks.length === 0) await vsctl('clear', 'Port', device, 'trunks')
      else await vsctl('set', 'Port', device, `trunks=${trunks.join(',')}`)
    },
    removeGuest: device => vsctl('--', '--if-exists', 'del-port', device),
  }
}

/** 17.3, the table of modes and what stands below it */
function bondWords(
  port: string,
  { interfaces, bond_mac: mac, bond_properties: properties = new Map() }: PortConfig,
): string[] {
  const { mode, 'hashing-algorithm': hashing, ...rest } = Object.fromEntries(properties)
  const words = ['--', 'set', 'port', port]
  if (mac !== undefined) words.push(`MAC="${mac}"`)
  if (mode === 'lacp') words.push('lacp=active', `bond_mode=balance-${hashing === 'src_mac' ? 'slb' : 'tcp'}`)
  else words.push('lacp=off', `bond_mode=${mode}`)
  const perNic: string[] = []
  for (const [key, value] of Object.entries(rest)) {
    const isNumber = /^\d+$/.test(value)
    if (key === 'updelay' || key === 'downdelay') words.push(...(isNumber ? [`bond_${key}=${value}`] : []))
    else if (key === 'miimon') words.push(...(isNumber ? [`other-config:bond-miimon-interval=${value}`] : []))
    else if (key === 'rebalance-interval')
      words.push(...(isNumber ? [`other-config:bond-rebalance-interval=${value}`] : []))
    else if (key === 'use_carrier') words.push(`other-config:bond-detect-mode=${value === '1' ? 'carrier' : 'miimon'}`)
    else if (key === 'lacp-time' || key === 'lacp-fallback-ab') words.push(`other-config:${key}="${value}"`)
    else if (key === 'lacp-aggregation-key') {
      for (const nic of mode === 'lacp' ? interfaces : [])
        perNic.push('--', 'set', 'interface', nic, `other-config:${key}="${value}"`)
    } else words.push(`other-config:"bond-${key}"="${value}"`)
  }
  return [...words, ...perNic]
}
