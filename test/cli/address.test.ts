import { expect, test } from 'vitest'
import { addresses, fakePool } from '../../src/cli/address.ts'
import { defaults, type Settings } from '../../src/cli/settings.ts'

const where = (settings: Partial<Settings>) => addresses({ ...defaults, ...settings })
const socket = { kind: 'socket', path: '/var/lib/xcp/xapi' }

test.each<[string, Partial<Settings>, unknown[]]>([
  ['a socket of its own', { server: 'unix:/run/x' }, [{ kind: 'socket', path: '/run/x' }]],
  ['this host', {}, [socket, { kind: 'tcp', host: '127.0.0.1', port: 80, tls: false }]],
  ['this host with a port', { port: 8080 }, [socket, { kind: 'tcp', host: '127.0.0.1', port: 8080, tls: false }]],
  [
    'localhost, which is not this host',
    { server: 'localhost' },
    [{ kind: 'tcp', host: 'localhost', port: 443, tls: true }],
  ],
  ['another host', { server: 'h', port: 8443 }, [{ kind: 'tcp', host: 'h', port: 8443, tls: true }]],
  ['another host without TLS', { server: 'h', nossl: true }, [{ kind: 'tcp', host: 'h', port: 80, tls: false }]],
  ['an IPv6 address', { server: '[fe80::1]' }, [{ kind: 'tcp', host: 'fe80::1', port: 443, tls: true }]],
])('%s is looked for where xe looks', (_, settings, expected) => {
  expect(where(settings)).toEqual(expected)
})

test('fake: is a pool of one’s own, with or without a path', () => {
  const path = (server: string) => fakePool({ ...defaults, server })
  expect(path('fake:')).toBe('')
  expect(path('fake:/tmp/pool.json')).toBe('/tmp/pool.json')
  expect(path('fake.example')).toBeUndefined()
})
