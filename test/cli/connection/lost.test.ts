import { describe, expect, it } from 'vitest'
import { startFakeHost } from '../../../src/fake-host/index.ts'
import { home } from '../trust/real.ts'

const at = (port: number): string[] => ['-s', `127.0.0.1:${port}`, '-u', 'root', '-pw', 'pw', '--nossl']

describe('a connection that is lost', () => {
  it.each([{ reset: 'after' }, { reset: 'before' }, { truncate: true }, { http: 503 }] as const)(
    'in a call that only reads does not matter once: %j',
    async fault => {
      using user = home()
      await using host = await startFakeHost({
        faults: [{ method: 'network.get_all_records_where', max: 1, ...fault }],
      })
      const { status, stderr } = await user.run(['network-list', '--minimal', ...at(host.port)])
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    },
  )

  it('in a call that only reads fails without --retries', async () => {
    using user = home()
    const faults = [{ method: 'network.get_all_records_where', max: 1, reset: 'after' }] as const
    await using host = await startFakeHost({ faults })
    const { status, stderr } = await user.run(['network-list', '--minimal', '--retries=0', ...at(host.port)])
    expect(status).toBe(1)
    expect(stderr).toMatch(/^Error: 127\.0\.0\.1:\d+ closed the connection without an answer\n$/)
  })

  it('in a call that makes something fails, and has made one at most', async () => {
    using user = home()
    await using host = await startFakeHost({ faults: [{ method: 'network.create', max: 1, reset: 'after' }] })
    const { status } = await user.run(['network-create', 'name-label=once', '--retries=9', ...at(host.port)])
    expect(status).toBe(1)
    const { stdout } = await user.run(['network-list', 'name-label=once', '--minimal', ...at(host.port)])
    expect(stdout).toMatch(/^[0-9a-f-]{36}\n$/)
  })
})
