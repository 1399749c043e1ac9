import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Ref } from '../../src/datamodel/index.ts'
import { FakeHostError, startFakeHost } from '../../src/fake-host/index.ts'
import { newFolder } from './folder.ts'
import { xmlCall } from './server/raw.ts'

/** The text of an answer over HTTP. */
async function ask(url: string, method: string, ...params: string[]): Promise<string> {
  const response = await fetch(url, { method: 'POST', body: xmlCall(method, ...params) })
  expect(response.status).toBe(200)
  return response.text()
}

const single = (answer: string): string => /<name>Value<\/name><value>([^<]*)<\/value>/.exec(answer)?.[1] ?? answer

describe('startFakeHost', () => {
  it('serves the default pool on a free port of this machine', async () => {
    await using host = await startFakeHost()
    expect(host.url).toBe(`http://127.0.0.1:${host.port}`)
    const session = single(await ask(host.url, 'session.login_with_password', 'root', 'pw'))
    expect(session).toMatch(/^OpaqueRef:/)
    expect((await ask(host.url, 'host.get_all', session)).match(/OpaqueRef:/g)).toHaveLength(2)
    expect(host.calls.map(call => call.method)).toEqual(['session.login_with_password', 'host.get_all'])
  })

  it('lets in who is told, and nobody else', async () => {
    await using host = await startFakeHost({ username: 'ann', password: 'secret, very' })
    expect(await ask(host.url, 'session.login_with_password', 'ann', 'secret, very')).toContain('Success')
    expect(await ask(host.url, 'session.login_with_password', 'root', 'pw')).toContain('SESSION_AUTHENTICATION_FAILED')
    expect(JSON.stringify(host.calls)).not.toContain('very')
  })

  it('runs any number of pools in one process, each for itself', async () => {
    await using one = await startFakeHost({ seed: 1 })
    await using two = await startFakeHost({ seed: 2, hosts: 3 })
    expect(one.port).not.toBe(two.port)
    expect(two.db.refs('host')).toHaveLength(3)
    const [network] = one.db.refs('network')
    one.db.set('network', network as Ref<'network'>, 'name_label', 'changed')
    expect(two.db.refs('network').map(ref => two.db.get('network', ref, 'name_label'))).not.toContain('changed')
  })

  it('gives the same pool for the same seed', async () => {
    await using one = await startFakeHost({ seed: 9, listen: false })
    await using two = await startFakeHost({ seed: 9, listen: false })
    expect(one.db.refs('PIF')).toEqual(two.db.refs('PIF'))
  })

  it('does without a server where told', async () => {
    await using host = await startFakeHost({ listen: false })
    expect(host).toMatchObject({ url: '', port: 0 })
    const answer = await host.dispatch({ method: 'system.listMethods', params: [], origin: 'memory' })
    expect(answer.ok).toBe(true)
  })

  it('starts from a snapshot, by its path or as an object, and saves to another', async () => {
    const folder = await newFolder()
    const path = join(folder, 'saved.json')
    await using first = await startFakeHost({ listen: false, seed: 4 })
    const [network] = first.db.refs('network')
    first.db.set('network', network as Ref<'network'>, 'name_label', 'changed')
    await first.save(path)
    const text = await readFile(path, 'utf8')
    await using second = await startFakeHost({ snapshot: path })
    await using third = await startFakeHost({ snapshot: JSON.parse(text), listen: false })
    for (const { db } of [second, third]) {
      expect(db.get('network', network as Ref<'network'>, 'name_label')).toBe('changed')
    }
    second.db.set('network', network as Ref<'network'>, 'name_label', 'again')
    await second.stop()
    expect(await readFile(path, 'utf8')).toBe(text)
    expect(await readdir(folder)).toEqual(['saved.json'])
  })

  it('takes the recorded inventory of a real pool, and warns of what is odd in others', async () => {
    const inventory = new URL('../transcripts/inventory.json', import.meta.url).pathname
    await using host = await startFakeHost({ snapshot: inventory, listen: false })
    expect(host.warnings).toEqual([])
    const objects = { PIF: { a: { network: 'gone', wings: 2 } }, pool: {} }
    await using odd = await startFakeHost({
      snapshot: { format: 'xe-tunnel-snapshot/1', objects },
      lenient: true,
      listen: false,
    })
    expect(odd.warnings).toEqual([
      'snapshot: left out field PIF.wings (1)',
      'snapshot: references to objects that are not there (1)',
    ])
  })

  it('keeps a pool in a file: every change is there when its answer is', async () => {
    const path = join(await newFolder(), 'state.json')
    await using host = await startFakeHost({ state: path, seed: 5 })
    const session = single(await ask(host.url, 'session.login_with_password', 'root', 'pw'))
    const [network] = host.db.refs('network')
    await ask(host.url, 'network.set_name_label', session, network as string, 'kept')
    expect(await readFile(`${path}.journal`, 'utf8')).toContain('"kept"')
    await host.stop()
    expect(await readFile(path, 'utf8')).toContain('"kept"')
    await using again = await startFakeHost({ state: path, listen: false })
    expect(again.db.get('network', network as Ref<'network'>, 'name_label')).toBe('kept')
    expect(again.db.refs('session')).toEqual([])
  })

  it('begins a state file from a snapshot, and later from what it kept', async () => {
    const folder = await newFolder()
    const inventory = new URL('../transcripts/inventory.json', import.meta.url).pathname
    const options = { snapshot: inventory, state: join(folder, 'state.json'), listen: false as const }
    await using first = await startFakeHost(options)
    const [network] = first.db.refs('network')
    first.db.set('network', network as Ref<'network'>, 'name_label', 'kept')
    await first.stop()
    await using second = await startFakeHost(options)
    expect(second.db.get('network', network as Ref<'network'>, 'name_label')).toBe('kept')
  })

  it('lets one server at a time keep a file', async () => {
    const path = join(await newFolder(), 'state.json')
    await using first = await startFakeHost({ state: path })
    await expect(startFakeHost({ state: path })).rejects.toThrow(`${path}: process ${process.pid} serves this pool`)
    await first.stop()
    await using second = await startFakeHost({ state: path })
    expect(second.db.refs('pool')).toHaveLength(1)
  })

  it('answers INTERNAL_ERROR where a change cannot be written, and goes on when it can', async () => {
    const path = join(await newFolder(), 'state.json')
    await using host = await startFakeHost({ state: path })
    const session = single(await ask(host.url, 'session.login_with_password', 'root', 'pw'))
    const [network = ''] = host.db.refs('network')
    await mkdir(`${path}.journal`)
    expect(await ask(host.url, 'network.set_name_label', session, network, 'one')).toContain(
      `<value>INTERNAL_ERROR</value><value>${path}.journal: illegal operation on a directory</value>`,
    )
    await rm(`${path}.journal`, { recursive: true })
    expect(await ask(host.url, 'network.set_name_description', session, network, 'two')).toContain('Success')
    expect(await readFile(`${path}.journal`, 'utf8')).toMatch(/"one"[\s\S]*"two"/)
  })

  it('stops once, however often it is told to', async () => {
    const path = join(await newFolder(), 'state.json')
    const host = await startFakeHost({ state: path })
    await Promise.all([host.stop(), host.stop()])
    await host.stop()
    await expect(fetch(host.url)).rejects.toThrow()
    expect(await readdir(join(path, '..'))).toEqual(['state.json'])
  })

  it.each([
    [{ listen: '127.0.0.1' }, '"127.0.0.1" is not an address to listen on, such as 127.0.0.1:0'],
    [{ listen: '127.0.0.1:99999' }, '"127.0.0.1:99999" is not an address to listen on'],
    [{ listen: '192.0.2.1:0' }, 'cannot listen on 192.0.2.1:0: this machine has no such address'],
    [{ snapshot: '/nowhere/pool.json' }, '/nowhere/pool.json: no such file'],
    [{ snapshot: '/' }, '/: illegal operation on a directory'],
    [{ snapshot: {} }, 'snapshot: this is JSON, but no snapshot of a pool'],
    [{ snapshot: {}, hosts: 3 }, 'hosts and backend describe the default pool; a snapshot has its own'],
  ])('says in one line what is wrong with %j', async (options, message) => {
    const started = startFakeHost(options)
    await expect(started).rejects.toThrow(FakeHostError)
    await expect(started).rejects.toThrow(message)
  })

  it('leaves no lock behind where it cannot start', async () => {
    const folder = await newFolder()
    const path = join(folder, 'state.json')
    await using host = await startFakeHost()
    await expect(startFakeHost({ state: path, listen: `127.0.0.1:${host.port}` })).rejects.toThrow('the port is in use')
    expect(await readdir(folder)).toEqual(['state.json'])
    await writeFile(path, '{')
    await expect(startFakeHost({ state: path })).rejects.toThrow(`${path}: the file is truncated`)
    expect(await readdir(folder)).toEqual(['state.json'])
  })
})
