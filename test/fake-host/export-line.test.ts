import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { FakeHostError } from '../../src/fake-host/error.ts'
import { exportLine } from '../../src/fake-host/export-line.ts'

const at = { host: '127.0.0.1', port: 8080, username: 'root', password: 'pw' }

it('is one line for a shell to eval', () => {
  expect(exportLine(at, 42)).toBe(
    "export XE_EXTRA_ARGS='server=localhost,port=8080,username=root,password=pw,nossl=true' XE_TUNNEL_FAKE_URL='http://127.0.0.1:8080' XE_TUNNEL_FAKE_PID=42\n",
  )
})

it('escapes commas for XE_EXTRA_ARGS, and everything for the shell', () => {
  const line = exportLine({ ...at, username: 'a,b', password: `it's $HOME "q" \`x\`, *` }, 42)
  const script = `${line}printf '%s|' "$XE_EXTRA_ARGS" "$XE_TUNNEL_FAKE_URL" "$XE_TUNNEL_FAKE_PID"`
  expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(
    `server=localhost,port=8080,username=a\\,b,password=it's $HOME "q" \`x\`\\, *,nossl=true|http://127.0.0.1:8080|42|`,
  )
})

it.each([
  ['0.0.0.0', 'server=localhost,', "'http://127.0.0.1:8080'"],
  ['::', 'server=::1,', "'http://[::1]:8080'"],
  ['fd00::1', 'server=fd00::1,', "'http://[fd00::1]:8080'"],
])('names an address of this machine where the server listens on %s', (host, server, url) => {
  expect(exportLine({ ...at, host }, 42)).toContain(server)
  expect(exportLine({ ...at, host }, 42)).toContain(url)
})

it.each(['back\\slash', 'two\nlines'])('refuses %j, which XE_EXTRA_ARGS or a line cannot say', password => {
  expect(() => exportLine({ ...at, password }, 42)).toThrow(FakeHostError)
})

it('tells what to trust instead of doing without TLS, and a name at which xe uses TLS', () => {
  expect(exportLine({ ...at, caFile: '/tmp/ca.pem' }, 42)).toBe(
    "export XE_EXTRA_ARGS='server=localhost,port=8080,username=root,password=pw' XE_TUNNEL_FAKE_URL='https://127.0.0.1:8080' XE_TUNNEL_FAKE_CA='/tmp/ca.pem' XE_TUNNEL_FAKE_PID=42\n",
  )
})

it('leads xe-tunnel to a unix socket where there is no other place', () => {
  expect(exportLine({ ...at, host: '', port: 0, socketPath: '/run/x' }, 42)).toBe(
    "export XE_EXTRA_ARGS='server=unix:/run/x,username=root,password=pw,nossl=true' XE_TUNNEL_FAKE_SOCKET='/run/x' XE_TUNNEL_FAKE_PID=42\n",
  )
})
