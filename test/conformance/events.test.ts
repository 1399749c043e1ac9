import { describe, expect, it } from 'vitest'
import { drivers, places } from './drivers.ts'

describe.each(drivers)('events $name', driver => {
  it('come typed from event.from', async () => {
    await using subject = await driver.open()
    const { session } = subject
    const before = await session.event.from(['tunnel', 'network'], '', 0)
    expect(before.events.map(event => event.class)).toEqual(Array.from({ length: 4 }, () => 'network'))
    expect(before.valid_ref_counts.get('pif')).toBe(8)
    const at = places(subject)
    const tunnel = await session.tunnel.create(at.pif(at.host1, 'eth0'), await at.network('n'))
    const after = await session.event.from(['tunnel'], before.token, 10)
    expect(after.events).toMatchObject([{ operation: 'add', class: 'tunnel', ref: tunnel }])
    expect(after.token > before.token).toBe(true)
  })

  it('are followed by a watch, from the objects that there are', async () => {
    await using subject = await driver.open()
    const { session } = subject
    const at = places(subject)
    const transport = at.pif(at.host1, 'eth0')
    const first = await session.tunnel.create(transport, await at.network('first'))
    const seen: string[] = []
    for await (const change of session.watch(['tunnel'])) {
      seen.push(
        `${change.operation} ${change.ref === first ? 'first' : 'second'} ${change.record.status.get('active')}`,
      )
      if (seen.length === 1) await session.tunnel.set_status(first, new Map([['active', 'true']]))
      if (seen.length === 2) await session.tunnel.destroy(first)
      if (seen.length === 3) await session.tunnel.create(transport, await at.network('second'))
      if (seen.length === 4) break
    }
    expect(seen).toEqual(['add first false', 'mod first true', 'del first true', 'add second false'])
  })
})
