import { type FakeHost, startFakeHost } from '../../src/fake-host/index.ts'
import { connect, NULL_REF, openTransport, type Ref, type Session, type Transport } from '../../src/xapi/index.ts'
import { type Outcome, run } from './terminal.ts'

/** A pool in which the examples of all commands can be run, and the uuids that they leave open. */
export interface ExamplePool extends AsyncDisposable {
  /** A way to it for one command. */
  readonly open: () => Promise<Transport>
  /** An example's words, with a uuid of the right kind in each place where the example has UUID. */
  readonly words: (example: string) => Promise<readonly string[]>
}

export async function openExamplePool(): Promise<ExamplePool> {
  const fake = await startFakeHost({ seed: 7, hosts: 3, password: 'null' })
  const { host, port, username, password } = fake
  const open = () => openTransport({ host, port, tls: false })
  const session = await connect({ host, port, tls: false, username, password })
  const example = (words: readonly string[]) => run(words, { open })
  return {
    open,
    words: async text => fill(text.split(' '), session, fake, example),
    async [Symbol.asyncDispose]() {
      await session.logout()
      await fake.stop()
    },
  }
}

type Run = (words: readonly string[]) => Promise<Outcome>

async function fill(words: readonly string[], session: Session, fake: FakeHost, run: Run): Promise<readonly string[]> {
  const [command = ''] = words
  const find = finder(session, fake, command)
  const filled: string[] = []
  for (const word of words) {
    const [name = '', value] = word.split('=', 2)
    if (command === 'api-call' && /^(self=)?UUID$/.test(word))
      filled.push(word.replace('UUID', await find.object(words[1] ?? '')))
    else if (value === 'UUID') filled.push(`${name}=${await find.one(name)}`)
    else if (value === 'UUID,UUID') filled.push(`${name}=${(await find.two()).join(',')}`)
    else if (name === 'properties:KEY')
      filled.push(command.startsWith('pif') ? 'properties:gro=off' : 'properties:hashing_algorithm=src_mac') // biome-ignore format: a line
    else
      filled.push(
        word
          .replace(/^'(.*)'$/, '$1')
          .replace(/\b(KEY)\b/, 'some-key')
          .replace(/=VALUE$/, '=value'),
      )
  }
  await find.prepare(filled)
  if (command.endsWith('-param-remove'))
    await run([command.replace('remove', 'add'), ...filled.slice(1).filter(word => !word.startsWith('param-key=')), 'some-key=1']) // biome-ignore format: a line
  if (command === 'fake-host-scenario-undo') await run(['fake-host-scenario-start', 'name=host-dies', 'host=host2'])
  return filled
}

function finder(
  { host, PIF, network, tunnel, VLAN, Bond, VIF, VM, network_sriov, SDN_controller, pool }: Session,
  fake: FakeHost,
  command: string,
) {
  const coordinator = async () => pool.get_master((await pool.get_all())[0] ?? '')
  const pifOf = async (device: string) => {
    const master = await coordinator()
    for (const [ref, record] of await PIF.get_all_records())
      if (record.host === master && record.device === device && record.VLAN === -1) return ref
    throw new Error(`no PIF ${device}`)
  }
  const newNetwork = (name = 'example') => network.create({ name_label: name, other_config: new Map() })
  const newTunnel = async () => tunnel.create(await pifOf('eth0'), await newNetwork('red'))
  const newVlan = async () => VLAN.create(await pifOf('eth1'), 7, await newNetwork())
  const newBond = async () =>
    Bond.create(
      await newNetwork(),
      [await pifOf('eth2'), await pifOf('eth3')],
      '',
      command === 'bond-param-set' ? 'lacp' : 'balance-slb',
    )
  const capable = async () => {
    const pif = await pifOf('eth2')
    fake.db.write('PIF', pif, 'capabilities', ['sriov'])
    return pif
  }
  const vm1 = async () => (await VM.get_by_name_label('vm1'))[0] ?? ''
  const plugged = async () => (await VM.get_VIFs(await vm1()))[0] ?? ''
  const newVif = async () =>
    VIF.create({
      device: '4',
      network: await newNetwork(),
      VM: await vm1(),
      MAC: '',
      MTU: 1500,
      other_config: new Map(),
      qos_algorithm_type: '',
      qos_algorithm_params: new Map(),
    })
  /** A bond of each host with a VLAN that has an address, as tunnels may start from. */
  const bondsWithVlan = async () => {
    const [bonds, vlans] = [await newNetwork('bonds'), await newNetwork('vlans')]
    for (const [at, owner] of (await host.get_all()).entries()) {
      const members = [...(await PIF.get_all_records())].filter(
        ([, pif]) => pif.host === owner && /^eth[23]$/.test(pif.device),
      )
      const bond = await Bond.create(
        bonds,
        members.map(([ref]) => ref),
        '',
      )
      const vlan = await VLAN.create(await Bond.get_master(bond), 20, vlans)
      await PIF.reconfigure_ip(
        await VLAN.get_untagged_PIF(vlan),
        'Static',
        `192.0.2.${at + 1}`,
        '255.255.255.0',
        '',
        '',
      )
    }
  }
  const [family = ''] =
    command
      .split('-param-')[0]
      ?.split(/-(?:destroy|set|create|plug|unplug|forget|introduce|move|configure|reconfigure|scan|attach|db|show)/) ??
    []
  const objects: Readonly<Record<string, () => Promise<string>>> = {
    bond: async () => Bond.get_uuid(await newBond()),
    host: async () => host.get_uuid(await coordinator()),
    network: async () => network.get_uuid(await newNetwork()),
    'network-sriov': async () =>
      network_sriov.get_uuid(await network_sriov.create(await capable(), await newNetwork())),
    pif: async () => PIF.get_uuid(await pifOf(/forget/.test(command) ? 'eth3' : 'eth1')),
    pool: async () => pool.get_uuid([...(await pool.get_all())][0] ?? ''),
    'sdn-controller': async () => SDN_controller.get_uuid(await SDN_controller.introduce('ssl', '192.0.2.30', 6632)),
    tunnel: async () => tunnel.get_uuid(await newTunnel()),
    'tunnel-network': async () =>
      network.get_uuid(await tunnel.get_access_PIF(await newTunnel()).then(pif => PIF.get_network(pif))),
    vif: async () =>
      VIF.get_uuid(/plug|configure|move/.test(command) && command !== 'vif-plug' ? await plugged() : await newVif()),
    vlan: async () => VLAN.get_uuid(await newVlan()),
  }
  return {
    /** What a call is about. */
    async object(method: string): Promise<string> {
      const family = /PIF.scan/.test(method) ? 'host' : method.split('.', 1)[0]?.toLowerCase()
      return (await objects[family ?? '']?.()) ?? ''
    },
    async one(name: string): Promise<string> {
      if (name === 'uuid')
        return (await objects[family]?.()) ?? Promise.reject(new Error(`what is the uuid of ${command}?`))
      if (name === 'network-uuid') return network.get_uuid(await newNetwork())
      if (name === 'host-uuid') return host.get_uuid(await coordinator())
      if (name === 'vm-uuid') return VM.get_uuid(await vm1())
      if (name === 'pif-uuid' && command === 'tunnel-create') return PIF.get_uuid(await pifOf('eth0'))
      if (name === 'pif-uuid') return PIF.get_uuid(await capable())
      const [from, to] = await VIF.get_all()
      return VIF.get_uuid((name === 'from' ? from : to) ?? '')
    },
    async two(): Promise<readonly string[]> {
      if (command === 'bond-create')
        return Promise.all(['eth2', 'eth3'].map(async device => PIF.get_uuid(await pifOf(device))))
      return [...(await PIF.get_all_records()).values()].filter(pif => pif.device === 'eth0').map(pif => pif.uuid)
    },
    /** What an example takes for granted. */
    async prepare(words: readonly string[]): Promise<void> {
      if (words.includes('pif-device=bond0')) await bondsWithVlan()
      if (words.includes('vm=web')) await VM.set_name_label(await vm1(), 'web')
      if (command === 'pif-introduce') addNic(fake, await coordinator(), 'eth4')
      if (/^tunnel-network-(destroy|show)/.test(command) && (await network.get_by_name_label('red')).length === 0)
        await newTunnel()
    },
  }
}

/** Puts another network card into a host. */
function addNic(fake: FakeHost, host: Ref<'host'>, device: string): void {
  const { nics } = fake.pool.networks.of(host)
  const nic = { MAC: '02:00:00:00:04:00', MTU: 1500, PCI: NULL_REF, capabilities: [] }
  Object.assign(fake.pool.networks.of(host), { nics: new Map([...nics, [device, nic]]) })
}
