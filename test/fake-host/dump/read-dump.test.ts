import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Value } from '../../../src/datamodel/index.ts'
import type { RpcValue } from '../../../src/fake-host/dispatch/call.ts'
import { readDump } from '../../../src/fake-host/dump/read-dump.ts'
import { FakeHostError, startFakeHost } from '../../../src/fake-host/index.ts'
import { newFolder } from '../folder.ts'

const path = fileURLToPath(new URL('pool.xml', import.meta.url))

/** Reads a dump that is this text. */
const read = (text: string, options: { lenient?: boolean; size?: number } = {}) => {
  async function* chunks() {
    const bytes = Buffer.from(text)
    const size = options.size ?? bytes.length
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
  return readDump(chunks(), { name: 'dump', lenient: options.lenient })
}

const table = (name: string, ...rows: readonly string[]) =>
  `<database><manifest/><table name="${name}">${rows.map(row => `<row ${row}/>`).join('')}</table></database>`

describe('a pool database that a host dumped', () => {
  it('is what a pool can start from', async () => {
    await using host = await startFakeHost({ snapshot: path, listen: false })
    const { db } = host
    expect(db.get('pool', 'OpaqueRef:pool', 'name_label')).toBe('my pool')
    expect([...db.get('pool', 'OpaqueRef:pool', 'other_config')]).toEqual([
      ['folder', '100%'],
      ["it's", 'a \\ backslash'],
      ['two\nlines', 'tab\there'],
    ])
    expect(db.get('host', 'OpaqueRef:host', 'PIFs')).toEqual(['OpaqueRef:eth1', 'OpaqueRef:eth0'])
    expect(db.get('host', 'OpaqueRef:host', 'API_version_major')).toBe(2)
    expect(db.get('host_metrics', 'OpaqueRef:metrics', 'memory_total')).toBe(68_719_476_736)
    expect(db.get('network', 'OpaqueRef:net0', 'tags')).toEqual(['a b', 'c'])
    expect(db.get('network', 'OpaqueRef:net1', 'name_label')).toBe('<&"')
    expect(db.get('PIF', 'OpaqueRef:eth0', 'physical')).toBe(true)
    expect(db.stored('PIF', 'OpaqueRef:eth0').get('device_name')).toBe('eth0')
    expect(db.get('VM_metrics', 'OpaqueRef:vmm', 'VCPUs_utilisation')).toEqual(new Map([['0', 0.25], ['1', 0]])) // biome-ignore format: as it is
    expect(db.get('VM_metrics', 'OpaqueRef:vmm', 'VCPUs_flags')).toEqual(new Map([['0', ['online', 'running']]]))
    expect(db.refs('session')).toEqual([])
    expect(db.refs('task')).toEqual([])
  })

  it('is a pool like any other then: changes can be rehearsed on it', async () => {
    await using host = await startFakeHost({ snapshot: path, listen: false, seed: 1 })
    const call = async (method: string, ...params: RpcValue[]): Promise<Value> => {
      const answer = await host.dispatch({ method, params, origin: 'memory' })
      if (!answer.ok) throw new Error(answer.error.join(' '))
      return answer.value ?? ''
    }
    const session = String(await call('session.login_with_password', 'root', ''))
    const network = String(await call('network.create', session, new Map([['other_config', new Map()]])))
    const tunnel = String(await call('tunnel.create', session, 'OpaqueRef:eth0', network))
    expect(host.db.get('PIF', host.db.get('tunnel', tunnel, 'access_PIF'), 'currently_attached')).toBe(true)
    await call('PIF.plug', session, 'OpaqueRef:eth1')
    expect(host.db.get('PIF', 'OpaqueRef:eth1', 'currently_attached')).toBe(true)
  })

  it('leaves its secrets behind, and says how many', async () => {
    await using host = await startFakeHost({ snapshot: path, listen: false })
    expect(host.control.state()).not.toMatch(/hunter2|c2VjcmV0|OpaqueRef:secret/)
    expect(host.db.get('PBD', 'OpaqueRef:pbd', 'device_config')).toEqual(new Map([['server', 'nas']]))
    expect(host.warnings).toEqual([
      `${path}: left out secrets in pool.uefi_certificates (1)`,
      `${path}: left out secrets in pool.wlb_password (1)`,
      `${path}: left out secrets in PBD.device_config (2)`,
      `${path}: left out secret objects (1)`,
    ])
  })

  it('is read piece by piece, wherever the pieces end', async () => {
    const text = await readFile(path, 'utf8')
    const whole = await read(text)
    for (const size of [1, 7, 1000]) expect(await read(text, { size })).toEqual(whole)
    const umlauts = table('pool', 'ref="p" name_label="ünïcödé 😀"')
    expect((await read(umlauts, { size: 1 })).objects.get('pool')?.get('p')).toEqual({ name_label: 'ünïcödé 😀' })
  })

  it('may begin with white space or a byte order mark', async () => {
    const file = join(await newFolder(), 'pool.xml')
    await writeFile(file, `\uFEFF\n  ${(await readFile(path, 'utf8')).replace(/^<\?xml.*\n/, '')}`)
    await using host = await startFakeHost({ snapshot: file, listen: false })
    expect(host.db.refs('PIF')).toHaveLength(2)
  })

  it.each([
    [
      table('pool', 'ref="p" wings="2"'),
      'dump: table pool, row p, column wings: this release has no such column (lenient=true leaves it out)',
      'dump: left out column pool.wings (1)',
    ],
    [
      table('dragon', 'ref="d" a="b"', 'ref="e"'),
      'dump: table dragon: this release has no such table (lenient=true leaves it out)',
      'dump: left out rows of table dragon (2)',
    ],
    [
      table('PIF', 'ref="p" ip_configuration_mode="Magic"'),
      'dump: PIF p, field ip_configuration_mode: "Magic" is no ip_configuration_mode (lenient=true leaves it out)',
      'dump: left out a value of PIF.ip_configuration_mode: "Magic" is no ip_configuration_mode (1)',
    ],
  ])('of another release is taken by those who ask for that: %s', async (text, problem, warning) => {
    // biome-ignore format: as it is
    await expect(read(text)).rejects.toThrow(problem)
    expect((await read(text, { lenient: true })).warnings).toEqual([warning])
  })

  it.each([
    ['<database><table name="pool"><row ref="p"/>', 'dump: this is not XML as it should be'],
    ['<database><table name="pool"><row ref="p" a=b/></table></database>', 'dump: this is not XML as it should be'],
    ['<html><body/></html>', 'dump: this is XML, but no pool database (<html> has no place there)'],
    ['<database><row ref="p"/></database>', 'dump: this is XML, but no pool database (<row> has no place there)'],
    ['<database><table name="pool"><row ref="a"><row/></row></table></database>', '(<row> has no place there)'],
    [table('pool', 'uuid="p"'), 'dump: table pool: a row without a reference'],
    [table('PIF', 'ref="p" MTU="many"'), 'dump: PIF p, field MTU: "many" is not an int'],
    [table('PIF', 'ref="p" other_config="(a b)"'), 'dump: PIF p, field other_config: "(a b)" is not a map'],
    [table('PIF', 'ref="p" uuid="u"', 'ref="q" uuid="u"'), 'dump: PIF q: its uuid u is also that of PIF p'],
  ])('is refused where it is wrong: %s', async (text, problem) => {
    await expect(read(text)).rejects.toThrow(FakeHostError)
    await expect(read(text)).rejects.toThrow(problem)
  })

  it('has to be UTF-8', async () => {
    async function* chunks() {
      yield Buffer.from('<database>')
      yield Buffer.from([0xff])
    }
    await expect(readDump(chunks(), { name: 'dump' })).rejects.toThrow('dump: this is not a text in UTF-8')
  })
})
