import { describe, expect, it } from 'vitest'
import { memoryTransport, type Value, XapiError } from '../../../src/xapi/index.ts'

describe('a transport to a host in this process', () => {
  it('hands over the method and the parameters, ints as decimal text as on other wires', async () => {
    const calls: unknown[] = []
    const transport = memoryTransport(async (method, parameters) => {
      calls.push([method, parameters])
      return { ok: true, value: 1500 }
    })
    expect(await transport.call('network.get_MTU', ['s', 5, 7n, 0.5, new Map([['k', [1]]])])).toBe(1500)
    expect(calls).toEqual([['network.get_MTU', ['s', '5', '7', 0.5, new Map([['k', ['1']]])]]])
  })

  it('has the empty string for void', async () => {
    const transport = memoryTransport(async () => ({ ok: true, value: undefined }))
    expect(await transport.call('tunnel.destroy', [])).toBe('')
  })

  it('throws the failure of the host', async () => {
    const transport = memoryTransport(async () => ({ ok: false, error: ['HANDLE_INVALID', 'tunnel', 'x'] }))
    const error = await transport.call('tunnel.get_record', []).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(XapiError)
    expect(error).toMatchObject({ code: 'HANDLE_INVALID', params: ['tunnel', 'x'] })
  })

  it('refuses what no wire carries', async () => {
    const transport = memoryTransport(async () => ({ ok: true, value: '' }))
    await expect(transport.call('m', ['s', undefined as unknown as Value])).rejects.toMatchObject({
      kind: 'unsendable',
    })
    await expect(transport.call('m', ['s', '\uDC00'])).rejects.toMatchObject({ kind: 'unsendable' })
  })

  it('lets a bug of the host show itself', async () => {
    const transport = memoryTransport(async () => {
      throw new RangeError('a bug')
    })
    await expect(transport.call('m', [])).rejects.toThrow(RangeError)
  })

  it('ends a call that waits when the caller or the transport wants no more, and tells the host', async () => {
    const told: unknown[] = []
    const transport = memoryTransport((_method, _parameters, { signal }) => {
      signal?.addEventListener('abort', () => told.push(signal.reason))
      return new Promise(() => {})
    })
    const stop = new AbortController()
    const first = expect(transport.call('event.from', [], { signal: stop.signal })).rejects.toThrow('enough')
    const second = expect(transport.call('event.from', [])).rejects.toMatchObject({ kind: 'cancelled' })
    stop.abort(new Error('enough'))
    await transport.close()
    await Promise.all([first, second])
    expect(told).toHaveLength(2)
    await expect(transport.call('m', [])).rejects.toMatchObject({ kind: 'cancelled' })
  })
})
