import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it, test } from 'vitest'
import { remains, type Spanned, spanned } from './spanned.ts'

// The program as a process of its own, on a pool that is served over HTTP.

const bin = fileURLToPath(new URL('../../../bin/xe-tunnel.ts', import.meta.url))

let pool: Spanned
beforeEach(async () => {
  pool = await spanned({ hosts: 20, listen: '127.0.0.1:0' })
})
afterEach(() => pool[Symbol.asyncDispose]())

function start(...words: string[]) {
  const { host, port, username, password } = pool.fake
  const to = ['-s', host, '-p', String(port), '-u', username, '-pw', password, '--nossl']
  const child = spawn(process.execPath, ['--import', 'tsx', bin, ...words, ...to], {
    env: { PATH: process.env.PATH, HOME: '/nonexistent' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const end = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)])
  return { child, ended: end.then(([[status], stdout, stderr]) => ({ status, stdout, stderr })) }
}

const create = ['tunnel-network-create', 'name-label=red', 'pif-device=eth1']
const begun = (method: string) => pool.fake.calls.filter(call => call.method === method).length

test('SIGINT in the middle of making a network leaves the pool as it was, and no session open', async () => {
  const before = remains(pool)
  await pool.fake.control.disturbNetwork({ delay_ms: 20 })
  const { child, ended } = start(...create)
  await expect.poll(() => begun('tunnel.create'), { timeout: 20_000, interval: 5 }).toBeGreaterThan(2)
  child.kill('SIGINT')
  const { status, stdout, stderr } = await ended
  expect({ status, stdout }).toEqual({ status: 130, stdout: '' })
  expect(stderr).toMatch(/^Removed again: \d+ tunnels and the network\.\n$/)
  expect(begun('tunnel.create')).toBeLessThan(20)
  expect(remains(pool)).toEqual(before)
  expect(pool.db.refs('session')).toEqual([])
})

test('a second SIGINT ends it at once, and what is there can be removed later', async () => {
  const before = remains(pool)
  await pool.fake.control.disturbNetwork({ delay_ms: 20 })
  const { child, ended } = start(...create)
  await expect.poll(() => begun('tunnel.create'), { timeout: 20_000, interval: 5 }).toBeGreaterThan(2)
  child.kill('SIGINT')
  await expect.poll(() => begun('tunnel.destroy'), { timeout: 20_000, interval: 5 }).toBeGreaterThan(0)
  child.kill('SIGINT')
  expect(await ended).toEqual({ status: 130, stdout: '', stderr: '' })
  await pool.fake.control.disturbNetwork({ delay_ms: 0 })
  // What had reached the host by then is still carried out.
  await expect.poll(async () => (await pool.xe('tunnel-network-destroy', 'name-label=red')).status).toBe(0)
  expect(remains(pool)).toEqual(before)
})

it('removes what a call made whose answer was not waited for', async () => {
  const before = remains(pool)
  await pool.fake.control.setFaults([{ method: 'tunnel.create', hang: 'after', skip: 4, max: 1 }])
  const { status, stderr } = await start(...create, '--timeout=2').ended
  expect(status).toBe(1)
  expect(stderr).toMatch(
    /: no tunnel: .* did not answer within 2 s\nRemoved again: \d+ tunnels and the network\.\nError: /,
  )
  expect(remains(pool)).toEqual(before)
})
