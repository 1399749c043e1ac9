import { describe, expect, it, test } from 'vitest'
import { parseRequest, withCredentials } from '../../../src/cli/arguments/server.ts'

const parse = (...words: string[]) => parseRequest(withCredentials(words, { username: 'root', password: 'secret' }))

/** The parameters without the credentials that travel behind them. */
function parameters(...words: string[]) {
  return parse('tunnel-list', ...words).parameters.slice(0, -2)
}

describe('the words of a command', () => {
  it('are its name and parameters, split at the first equals sign', () => {
    expect(parse('tunnel-list', 'params=all', 'other-config:a=b=c', 'IP', '--minimal')).toEqual({
      sessionRef: undefined,
      name: 'tunnel-list',
      username: 'root',
      password: 'secret',
      parameters: [
        ['params', 'all'],
        ['other-config:a', 'b=c'],
        ['IP', ''],
        ['minimal', 'true'],
        ['username', 'root'],
        ['password', 'secret'],
      ],
    })
  })

  it('keep repeated names in order', () => {
    expect(parameters('a=1', 'a=2')).toEqual([
      ['a', '1'],
      ['a', '2'],
    ])
  })

  it('make the whole rest of a word with two dashes a name', () => {
    expect(parameters('--uuid=x', '--')).toEqual([
      ['uuid=x', 'true'],
      ['', 'true'],
    ])
  })

  it('are split by newlines inside them, and lose one carriage return at the end', () => {
    expect(parameters('a=1\nb=2\r', 'c=3\r\r')).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['c', '3\r'],
    ])
  })

  it('may begin with a session to use', () => {
    expect(parse('session_id=OpaqueRef:1', 'tunnel-list')).toMatchObject({
      sessionRef: 'OpaqueRef:1',
      name: 'tunnel-list',
    })
  })
})

describe('a switch in last place swallows the user name that travels behind it', () => {
  it('and leaves none, for a server or a port', () => {
    expect(parse('tunnel-list', '-s')).toMatchObject({ username: '', password: 'secret' })
    expect(parse('tunnel-list', '-p')).toMatchObject({ username: '', password: 'secret' })
  })

  it('and makes it the password', () => {
    expect(parse('tunnel-list', '-pw')).toMatchObject({ username: '', password: 'username=root' })
  })

  it('and makes it the user name with its label', () => {
    expect(parse('tunnel-list', '-u')).toMatchObject({ username: 'username=root', password: 'secret' })
  })
})

test.each([
  [['uuid=x']],
  [['tunnel-list', '-x', 'y']],
  [['tunnel-list', '-']],
  [['session_id=x']],
  [['session_id=x', 'a=b']],
])('%j is a syntax error, without detail', words => {
  expect(() => parse(...words)).toThrow(expect.objectContaining({ name: 'UsageError', message: 'Syntax error: ' }))
})
