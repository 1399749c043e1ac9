import { describe, expect, it } from 'vitest'
import { overlaid } from '../../src/cli/layers.ts'
import { defaults } from '../../src/cli/settings.ts'

describe('settings from several sources', () => {
  it('are those of the last source that says something, and know it', () => {
    const { settings, origins } = overlaid([
      { origin: 'a', given: { server: 'x', port: 1 } },
      { origin: 'b', given: { server: 'y' } },
    ])
    expect(settings).toEqual({ ...defaults, server: 'y', port: 1 })
    expect(origins).toEqual({ server: 'b', port: 'a' })
  })

  it('come from no source where they are defaults', () => {
    expect(overlaid([])).toEqual({ settings: defaults, origins: {} })
  })

  it('have one way to the password, the last that is named', () => {
    const command = { kind: 'command', value: 'pass show xen' } as const
    const password = { origin: 'a', given: { password: 'secret', passwordFile: '/pw' } }
    const from = { origin: 'b', given: { passwordFrom: command } }
    expect(overlaid([password, from])).toMatchObject({
      settings: { password: undefined, passwordFile: '', passwordFrom: command },
      origins: { passwordFrom: 'b' },
    })
    expect(overlaid([from, password])).toMatchObject({
      settings: { password: 'secret', passwordFile: '/pw', passwordFrom: undefined },
      origins: { password: 'a', passwordFile: 'a' },
    })
  })
})
