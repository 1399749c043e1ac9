import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const here = fileURLToPath(new URL('.', import.meta.url))
const program = fileURLToPath(new URL('../../dist/xe-tunnel.js', import.meta.url))

/** What the player prints when it plays some conversations against a served pool: differences, then how many steps match. */
function replay(...options: readonly string[]): Promise<string> {
  const serve = `${process.execPath} ${program} fake-host-serve listen=127.0.0.1:0 snapshot={inventory} -u root -pw pw`
  const words = [`${here}replay.mjs`, '--serve', serve, '--no-timing', '--jobs', '2', ...options]
  return new Promise(resolve => execFile(process.execPath, words, (_error, stdout, stderr) => resolve(stdout + stderr)))
}

/** What clients see of a host beside its networks, on both wires; and what becomes of networks. */
const plays = [
  ...['protocol', 'jsonrpc', 'rbac', 'events', 'async'].flatMap(area => [
    ['xml', area],
    ['json', area],
  ]),
  ...['tunnel', 'vlan', 'bond', 'network', 'pif', 'vif', 'misc'].map(area => ['json', area]),
] as const

// Recorded answers of the real server, see README.md here.
describe.runIf(existsSync(program))('the fake host answers as the recorded server did', () => {
  it.each(plays)(
    'over %s, area %s',
    async (wire = '', area = '') => {
      const printed = (await replay('--area', area, '--wire', wire)).trim().split('\n')
      const [matched, all] = printed.at(-1)?.split('/') ?? []
      expect(printed.slice(0, -2)).toEqual([])
      expect(Number(all)).toBeGreaterThan(0)
      expect(matched).toBe(all)
    },
    120_000,
  )
})
