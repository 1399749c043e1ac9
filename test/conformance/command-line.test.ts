import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openHost } from '../../src/cli/index.ts'
import type { Ref } from '../../src/datamodel/index.ts'
import { memoryTransport } from '../../src/xapi/index.ts'
import { type Outcome, run, type Surroundings } from '../cli/terminal.ts'
import { drivers, type Places, places, type Subject } from './drivers.ts'

// The rows of docs/spec/tunnelling-design.md.
describe.each(drivers)('tunnel commands $name', driver => {
  let subject: Subject
  let at: Places
  let network: Ref<'network'>
  let xe: (...words: string[]) => Promise<Outcome>
  const uuid = (pif: Ref<'PIF'>) => subject.session.PIF.get_uuid(pif)
  const prints = async (...words: string[]) => {
    const { status, stdout, stderr } = await xe(...words)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    return stdout
  }
  const create = async (...words: string[]) =>
    (
      await prints(
        'tunnel-create',
        `pif-uuid=${await uuid(at.pif(at.host1, 'eth0'))}`,
        `network-uuid=${await subject.session.network.get_uuid(network)}`,
        ...words,
      )
    ).trim()

  beforeEach(async () => {
    subject = await driver.open()
    at = places(subject)
    network = await at.network('spanning')
    const { fake } = subject
    const open: Surroundings['open'] = fake.url
      ? (settings, note) => openHost(settings, () => '', note)
      : async () => memoryTransport((method, params) => fake.dispatch({ method, params, origin: 'memory' }))
    const to = fake.url ? ['-s', '127.0.0.1', '-p', String(fake.port), '--nossl'] : []
    xe = (...words) => run([...words, ...to, '-u', fake.username, '-pw', fake.password], { open })
  })
  afterEach(() => subject[Symbol.asyncDispose]())

  it('T36: tunnel-create makes a tunnel and prints the uuid of its access PIF', async () => {
    const access = await create()
    const { session } = subject
    const [tunnel = ''] = await session.tunnel.get_all()
    expect(await session.PIF.get_uuid(await session.tunnel.get_access_PIF(tunnel))).toBe(access)
    expect(await session.tunnel.get_protocol(tunnel)).toBe('gre')
  })

  it('T36: tunnel-create says why it could not', async () => {
    const pif = await uuid(at.pif(at.host1, 'eth2'))
    const { status, stdout, stderr } = await xe(
      'tunnel-create',
      `pif-uuid=${pif}`,
      `network-uuid=${await subject.session.network.get_uuid(network)}`,
    )
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(new RegExp(`^The [^\\n]*transport PIF[^\\n]*\\nPIF: ${pif}\\n$`))
  })

  it('T37: tunnel-destroy removes a tunnel and prints nothing', async () => {
    await create()
    const tunnel = (await prints('tunnel-list', '--minimal')).trim()
    expect(await prints('tunnel-destroy', `uuid=${tunnel}`)).toBe('')
    expect(await prints('tunnel-list', '--minimal')).toBe('\n')
  })

  it('T38: tunnel-list shows each tunnel with the uuids of its PIFs', async () => {
    const access = await create('protocol=VXLAN')
    const tunnel = (await prints('tunnel-list', '--minimal')).trim()
    const transport = await uuid(at.pif(at.host1, 'eth0'))
    expect(await prints('tunnel-list')).toBe(
      `uuid ( RO)             : ${tunnel}\n       access-PIF ( RO): ${access}\n` +
        `    transport-PIF ( RO): ${transport}\n           status ( RO): active: false\n\n\n`,
    )
    expect(await prints('tunnel-list', 'protocol=vxlan', '--minimal')).toBe(`${tunnel}\n`)
    expect(await prints('tunnel-list', 'protocol=gre')).toBe('')
  })

  it('T39: tunnel-param-get prints one field, or one key of a map', async () => {
    await create()
    const tunnel = (await prints('tunnel-list', '--minimal')).trim()
    const get = (...words: string[]) => prints('tunnel-param-get', `uuid=${tunnel}`, ...words)
    expect(await get('param-name=protocol')).toBe('gre\n')
    expect(await get('param-name=status')).toBe('active: false\n')
    await prints('tunnel-param-set', `uuid=${tunnel}`, 'other-config:owner=me')
    expect(await get('param-name=other-config', 'param-key=owner')).toBe('me\n')
  })

  it('T40: tunnel-param-list prints every field', async () => {
    await create()
    const tunnel = (await prints('tunnel-list', '--minimal')).trim()
    const labels = (await prints('tunnel-param-list', `uuid=${tunnel}`)).match(/^ *[\w-]+ \(.*?\)/gm)
    expect(labels?.map(label => label.trim())).toEqual([
      'uuid ( RO)',
      'access-PIF ( RO)',
      'transport-PIF ( RO)',
      'status ( RO)',
      'other-config (MRW)',
      'protocol ( RO)',
    ])
  })
})
