import { describe, expect, it, test } from 'vitest'
import { takeSettings } from '../../../src/cli/arguments/client.ts'
import { Ending } from '../../../src/cli/ending.ts'
import { type Draft, defaults } from '../../../src/cli/settings.ts'

function take(...words: string[]): { settings: Partial<Draft>; kept: readonly string[] } {
  const draft: Draft = { ...defaults }
  const kept = takeSettings(draft, words)
  const changed = Object.entries(draft).filter(([name, value]) => value !== defaults[name as keyof Draft])
  return { settings: Object.fromEntries(changed), kept }
}

describe('connection settings on a command line', () => {
  it('are found anywhere, and the other words stay in order', () => {
    expect(take('-s', 'h', 'tunnel-list', '-u', 'joe', 'params=all', '-pw', 'x', '--minimal', '-p', '8443')).toEqual({
      settings: { server: 'h', username: 'joe', password: 'x', port: 8443 },
      kept: ['tunnel-list', 'params=all', '--minimal'],
    })
  })

  it('may be written as keys', () => {
    expect(take('server=h', 'port=1', 'username=u', 'password=a=b', 'passwordfile=f', 'nossl=true').settings).toEqual({
      server: 'h',
      port: 1,
      username: 'u',
      password: 'a=b',
      passwordFile: 'f',
      nossl: true,
    })
  })

  it('take the next word whatever it is, so that -h is a host and no call for help', () => {
    expect(take('-h', '--minimal', '-s', 'tunnel-list', '-pw', '-u')).toEqual({
      settings: { server: 'tunnel-list', password: '-u' },
      kept: [],
    })
  })

  it('are left to the command where no word follows', () => {
    expect(take('tunnel-list', '-s')).toEqual({ settings: {}, kept: ['tunnel-list', '-s'] })
  })

  it('count the last time they are named', () => {
    expect(take('-s', 'a', 'server=b', '-s', 'c', '--nossl', 'nossl=false').settings).toEqual({ server: 'c' })
  })

  it('are not understood with dashes and an equals sign', () => {
    expect(take('--nossl=true', '--debug=true', '--server=h').kept).toEqual([
      '--nossl=true',
      '--debug=true',
      '--server=h',
    ])
  })

  it('include debugging, which only the word true turns on', () => {
    expect(take('--debug', '--debug-on-fail').settings).toEqual({ debug: true, debugOnFail: true })
    expect(take('debug=true', 'debug=yes').settings).toEqual({})
  })

  it('include a trace context', () => {
    expect(take('--traceparent', '00-1-2-01').settings).toEqual({ traceparent: '00-1-2-01' })
    expect(take('traceparent=').settings).toEqual({ traceparent: '' })
  })
})

test.each([
  ['443', 443],
  ['0x1bb', 443],
  ['0o17', 15],
  ['0b11', 3],
  ['+80', 80],
  ['00080', 80],
  ['8_0', 80],
  ['0', 0],
  ['65535', 65535],
])('a port may be written %s', (text, port) => {
  expect(take('-p', text).settings).toEqual({ port })
})

test.each(['', 'x', ' 80', '-1', '65536', '1.5', '_80'])('%j is no port: the usage text and status 0', text => {
  expect(() => take(`port=${text}`)).toThrow(expect.objectContaining({ status: 0, usage: true }))
  expect(() => take(`port=${text}`)).toThrow(Ending)
})

test.each(['', 'yes', 'TRUE', '1'])('nossl=%s ends as an exception that the original does not handle', text => {
  expect(() => take(`nossl=${text}`)).toThrow(
    expect.objectContaining({
      status: 1,
      usage: false,
      message: 'Unhandled exception\nInvalid_argument("bool_of_string")\n',
    }),
  )
})
