import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { knownHostsPath } from '../../../src/cli/index.ts'
import { knownHost, rememberHost } from '../../../src/cli/trust/known-hosts.ts'
import { startFakeHost } from '../../../src/fake-host/index.ts'
import { home } from './real.ts'

const [one, two] = ['11', '22'].map(byte => Array.from({ length: 32 }, () => byte).join(':')) as [string, string] // two of two

describe('known hosts', () => {
  it('are kept where programs keep their settings', () => {
    expect(knownHostsPath({ HOME: '/home/joe' })).toBe('/home/joe/.config/xe-tunnel/known_hosts')
    expect(knownHostsPath({ HOME: '/home/joe', XDG_CONFIG_HOME: '/etc/joe' })).toBe('/etc/joe/xe-tunnel/known_hosts')
  })

  it('are known by name and port, in any case, the last line about one counting', () => {
    using user = home()
    expect(knownHost(user.knownHosts, 'h:443')).toBeUndefined()
    rememberHost(user.knownHosts, 'H:443', one)
    rememberHost(user.knownHosts, 'h:8443', one)
    rememberHost(user.knownHosts, 'h:443', two)
    expect(knownHost(user.knownHosts, 'h:443')).toEqual({ fingerprint: two, line: 3 })
    expect(knownHost(user.knownHosts, 'h:8443')).toEqual({ fingerprint: one, line: 2 })
    expect(knownHost(user.knownHosts, 'h:44')).toBeUndefined()
  })

  it('are all remembered where many processes meet hosts at the same time', async () => {
    using user = home()
    const bin = fileURLToPath(new URL('../../../dist/xe-tunnel.js', import.meta.url))
    const hosts = await Promise.all(Array.from({ length: 6 }, () => startFakeHost({ tls: true })))
    try {
      await Promise.all(
        hosts.map(({ port }) => {
          const words = ['host-list', '--minimal', '-s', 'localhost', '-p', String(port), '-pw', 'pw', '--trust-new']
          return promisify(execFile)(process.execPath, [bin, ...words], { env: { HOME: user.path } })
        }),
      )
    } finally {
      await Promise.all(hosts.map(host => host.stop()))
    }
    const lines = user.known().trimEnd().split('\n')
    expect(lines.map(line => line.split(' ')[0]).sort()).toEqual(hosts.map(({ port }) => `localhost:${port}`).sort())
    for (const line of lines) expect(line).toMatch(/^localhost:\d+ SHA256:([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
  })
})
