import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Value } from '../../src/datamodel/index.ts'
import { type FakeHost, startFakeHost } from '../../src/fake-host/index.ts'
import { type MemoryAnswer, memoryTransport, openTransport, XapiError } from '../../src/xapi/index.ts'
import { run } from '../cli/terminal.ts'
import { newFolder } from '../fake-host/folder.ts'
import { runCommand } from './run.ts'

const map = (members: Record<string, Value>): ReadonlyMap<string, Value> => new Map(Object.entries(members))

/** What fake-host-save wants written of a host with these answers, and what it remarks. */
async function save(answers: Readonly<Record<string, Value | readonly string[] | XapiError>>) {
  const host = memoryTransport(async (method): Promise<MemoryAnswer> => {
    if (method === 'system.listMethods') return { ok: true, value: Object.keys(answers) }
    const answer = answers[method]
    if (answer === undefined) throw new Error(`nobody should call ${method}`)
    if (answer instanceof XapiError) return { ok: false, error: [answer.code, ...answer.params] }
    return { ok: true, value: answer }
  })
  const output = await runCommand(host, 'fake-host-save', ['file', 'pool.json'])
  if (output.kind !== 'file') throw new Error(output.kind)
  return output
}

const UNSAFE = 9_007_199_254_740_993n

/** A pool with something of everything, and with what is secret or without it. */
async function furnished(secret: string): Promise<FakeHost> {
  const host = await startFakeHost({ seed: 8, clock: () => 0 })
  const { control, db } = host
  const [pif = ''] = db.refs('PIF')
  const [pool = ''] = db.refs('pool')
  await control.addObject(
    'tunnel',
    { access_PIF: pif, transport_PIF: pif, status: { active: 'true', b: 'x' }, uuid: 'tunnel' },
    'OpaqueRef:t',
  )
  await control.addObject('SR', { physical_size: UNSAFE, name_label: 'ünïcode "quoted"\n', uuid: 'sr' }, 'OpaqueRef:sr')
  const numbers = {
    VCPUs_utilisation: { 0: 0.25, 1: 1 },
    VCPUs_flags: { 0: ['a'] },
    last_updated: '20240102T03:04:05Z',
  }
  await control.addObject('VM_metrics', { ...numbers, uuid: 'vm' }, 'OpaqueRef:vm')
  const device_config = { target: 't', ...(secret && { chappassword: secret }) }
  await control.addObject('PBD', { device_config, uuid: 'pbd' }, 'OpaqueRef:pbd')
  await control.writeObject('pool', pool, { uefi_certificates: secret, custom_uefi_certificates: secret })
  if (secret) await control.addObject('secret', { value: secret })
  return host
}

describe('fake-host-save', () => {
  it.each(['json', 'xml'] as const)('saves a pool over %s so that another can start from it', async wire => {
    await using host = await furnished('hunter2')
    const before = host.control.state()
    const transport = await openTransport({ host: '127.0.0.1', port: host.port, tls: false, wire })
    const session = String(await transport.call('session.login_with_password', ['root', 'pw']))
    const inSession = { ...transport, call: (method: string, [, ...rest]: readonly Value[]) => transport.call(method, [session, ...rest]) } // biome-ignore format: as it is
    const output = await runCommand(inSession, 'fake-host-save', ['file', 'pool.json'])
    await transport.close()
    if (output.kind !== 'file') throw new Error(output.kind)
    expect(output.notes).toEqual([
      'left out secrets: secret (1), pool.uefi_certificates (1), pool.custom_uefi_certificates (1), PBD.device_config (1)',
    ])
    expect(output.text).not.toContain('hunter2')
    expect(output.text).not.toContain(session)
    expect(withoutSeed(host.control.state())).toBe(withoutSeed(before))

    const path = join(await newFolder(), 'pool.json')
    await writeFile(path, output.text)
    await using copy = await startFakeHost({ snapshot: path, listen: false })
    await using same = await furnished('')
    expect(copy.warnings).toEqual([])
    expect(withoutSeed(copy.control.state())).toBe(withoutSeed(same.control.state()))
    expect(output.text).toContain('"physical_size":9007199254740993')
    expect(output.text).toContain('"VCPUs_utilisation":{"0":0.25,"1":1.0}')
  })

  it('keeps classes and fields that nobody knows here, behind those that are known', async () => {
    const { text, notes } = await save({
      'zebra.get_all_records': map({ 'OpaqueRef:z': map({ stripes: 5, uuid: 'u' }) }),
      'dragon.get_all_records': map({ 'OpaqueRef:b': map({ fire: true }), 'OpaqueRef:a': map({ password: 'hunter2', config: map({ key: 'x', b: 'y' }) }) }), // biome-ignore format: as it is
      'network.get_all_records': map({ 'OpaqueRef:n': map({ wings: ['a'], MTU: '1500', uuid: 'u' }) }),
    })
    expect(text).toBe(
      [
        '{"format":"xe-tunnel-snapshot/1","objects":{',
        '"network":{',
        '"OpaqueRef:n":{"uuid":"u","MTU":1500,"wings":["a"]}',
        '},',
        '"dragon":{',
        '"OpaqueRef:a":{"config":{"b":"y"}},',
        '"OpaqueRef:b":{"fire":true}',
        '},',
        '"zebra":{',
        '"OpaqueRef:z":{"stripes":5,"uuid":"u"}',
        '}',
        '}}',
        '',
      ].join('\n'),
    )
    expect(notes).toEqual(['left out secrets: dragon.password (1), dragon.config (1)'])
  })

  it('does not ask for what ends with a restart, is the same everywhere or is secret', async () => {
    const { text } = await save({
      'secret.get_all': [],
      ...Object.fromEntries(
        ['session', 'task', 'role', 'secret', 'message', 'event', 'VIF_metrics'].map(cls => [
          `${cls}.get_all_records`,
          new XapiError('INTERNAL_ERROR', ['nobody should ask']),
        ]),
      ),
      'pool.get_all_records': map({ 'OpaqueRef:p': map({ uuid: 'u' }) }),
    })
    expect(text).toContain('"OpaqueRef:p":{"uuid":"u"}')
  })

  it('goes on without a class that the host refuses or does not have, and says so', async () => {
    const { text, notes } = await save({
      'crashdump.get_all_records': new XapiError('MESSAGE_REMOVED'),
      'subject.get_all_records': new XapiError('RBAC_PERMISSION_DENIED', ['subject.get_all_records', 'x']),
      'dragon.get_all_records': new XapiError('NOT_IMPLEMENTED', ['dragon.get_all_records']),
      'pool.get_all_records': map({ 'OpaqueRef:p': map({ uuid: 'u' }) }),
    })
    expect(text).toContain('"OpaqueRef:p"')
    expect(notes).toEqual([
      'left out class subject: the host answered RBAC_PERMISSION_DENIED',
      'left out class dragon: the host answered NOT_IMPLEMENTED',
    ])
  })

  it('ends where the session has ended', async () => {
    const invalid = new XapiError('SESSION_INVALID', ['x'])
    await expect(save({ 'pool.get_all_records': invalid })).rejects.toThrow('SESSION_INVALID')
  })
})

describe('the command line of fake-host-save', () => {
  const open = async () => memoryTransport(answer)
  const answer = async (method: string): Promise<MemoryAnswer> => {
    if (method === 'system.listMethods') return { ok: true, value: ['pool.get_all_records', 'secret.get_all'] }
    return {
      ok: true,
      value: method === 'secret.get_all' ? ['OpaqueRef:s'] : method.startsWith('pool') ? new Map() : 'x',
    }
  }

  it('writes the file and remarks on stderr', async () => {
    const files: Record<string, string> = {}
    const writeFile = (path: string, text: string) => {
      files[path] = text
    }
    expect(await run(['fake-host-save', 'file=p.json'], { open, writeFile })).toEqual({
      status: 0,
      stdout: '',
      stderr: 'fake-host-save: left out secrets: secret (1)\n',
    })
    expect(files).toEqual({ 'p.json': '{"format":"xe-tunnel-snapshot/1","objects":{\n\n}}\n' })
  })

  it('says so where the file cannot be written', async () => {
    const writeFile = () => {
      throw Object.assign(new Error('x'), { code: 'EACCES' })
    }
    expect(await run(['fake-host-save', 'file=p.json'], { open, writeFile })).toEqual({
      status: 1,
      stdout: '',
      stderr: 'Error: p.json cannot be written (EACCES)\n',
    })
  })
})

const withoutSeed = (text: string): string => text.replace(/"seed":\d+/, '')
