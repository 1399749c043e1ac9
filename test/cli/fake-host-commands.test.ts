import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newFolder } from '../fake-host/folder.ts'
import { program, run } from './program.ts'

const XE = program.map(word => `'${word}'`).join(' ')

/** Runs a shell script against a pool of its own, in which `xe` is this program. */
const script = (text: string) => run('fake-host-exec', 'seed=1', '--', 'sh', '-ec', `xe() { ${XE} "$@"; }\n${text}`)

describe('commands that look into a fake host', () => {
  it('show the bridges of its hosts', async () => {
    const { status, stdout } = await script('xe fake-host-bridges host=host1')
    expect(status).toBe(0)
    expect(stdout).toContain('bridge ( RO): xenbr0\n')
    expect(stdout).toContain('network ( RO): Pool-wide network associated with eth0')
    expect(stdout).not.toContain('host2')
  })

  it('show them of a pool in a file', async () => {
    const path = join(await newFolder(), 'pool.json')
    const { status, stdout } = await run('-s', `fake:${path}`, 'fake-host-bridges')
    expect(status).toBe(0)
    expect(stdout).toContain('host ( RO)       : host2')
  })

  it('tell whether a frame gets there, and why not by a line on stderr and status 1', async () => {
    const unplugged = await script('xe fake-host-reachable from=vm1/0 to=vm1/7')
    expect(unplugged).toEqual({ status: 1, stdout: '', stderr: 'Error: no VIF is called "vm1/7"\n' })
    const tag = await script('xe fake-host-reachable from=vm1/0 to=vm2/0 vlan=5000')
    expect(tag).toMatchObject({ status: 1, stderr: 'Error: vlan is a number from 0 to 4094\n' })
  })

  it('let something go wrong, and take it back', async () => {
    const { status, stdout } = await script(`
      id=$(xe fake-host-scenario-start name=pif-cable-pulled host=host1 device=eth0)
      echo "$id"
      xe fake-host-scenario-list | grep -c "$id"
      xe fake-host-scenario-undo "id=$id"
      xe fake-host-scenario-list | grep -c "$id" || true`)
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'pif-cable-pulled-1\n1\n0\n' })
  })

  it('refuse a parameter that a scenario does not have', async () => {
    const { status, stdout, stderr } = await script('xe fake-host-scenario-start name=host-dies host=host2 bogus=1')
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toBe('Error: host-dies has no parameter "bogus"; it has host, unnoticed\n')
  })

  it('list scenarios as data', async () => {
    const { stdout } = await script(`
      xe fake-host-scenario-start name=pif-cable-pulled host=host1 device=eth0 >/dev/null
      xe fake-host-scenario-list --output=json`)
    const listed: { name: string }[] = JSON.parse(stdout).records
    expect(listed.find(({ name }) => name === 'pif-cable-pulled')).toMatchObject({
      parameters: expect.arrayContaining(['device (with host: such as eth0)']),
      'under-way': ['pif-cable-pulled-1'],
    })
    expect(listed.find(({ name }) => name === 'host-dies')).toMatchObject({ 'under-way': [] })
  })

  it('say so where the host is not a fake one, or the pool is not served', async () => {
    const server = createServer((request, response) => {
      const isCall = request.url === '/jsonrpc'
      response.end(isCall ? '{"jsonrpc":"2.0","id":1,"result":"OpaqueRef:s"}' : '<html>hello</html>')
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    try {
      const port = String((server.address() as AddressInfo).port) // TCP has ports
      const other = await run('-s', '127.0.0.1', '-p', port, '--nossl', '-u', 'root', '-pw', 'pw', 'fake-host-bridges')
      expect(other.status).toBe(1)
      expect(other.stderr).toContain('does not answer at /fake/bridges as a fake host would')
    } finally {
      server.close()
    }
    const path = join(await newFolder(), 'pool.json')
    const kept = await run('-s', `fake:${path}`, 'fake-host-scenario-start', 'name=host-dies', 'host=host2')
    expect(kept).toMatchObject({ status: 1, stderr: expect.stringContaining('fake-host-serve state=FILE') })
  })
})
