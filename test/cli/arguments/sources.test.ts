import { describe, expect, it, test } from 'vitest'
import { extraWords } from '../../../src/cli/arguments/extra-args.ts'
import { readRcFile } from '../../../src/cli/arguments/rc-file.ts'
import { type Draft, defaults } from '../../../src/cli/settings.ts'

test.each([
  ['server=h,username=root,password=pw', ['server=h', 'username=root', 'password=pw']],
  ['password=a\\,b,server=h', ['password=a,b', 'server=h']],
  [',,a,,b,', ['a', 'b']],
  ['x=a\\', ['x=a']],
  ['a\\\\,b', ['a,b']],
  [' a , b', [' a ', ' b']],
  ['', []],
])('XE_EXTRA_ARGS=%s stands for the words %j', (value, words) => {
  expect(extraWords(value)).toEqual(words)
})

describe('~/.xe', () => {
  const read = (text: string) => {
    const settings: Draft = { ...defaults }
    return { words: readRcFile(settings, text), settings }
  }

  it('sets what is a connection setting, later lines winning, and passes on the rest', () => {
    const { words, settings } = read('server=a\nusername=joe\n\nparams=all\nserver=b\n--nossl=x\n')
    expect(words).toEqual(['params=all', '--nossl=x'])
    expect(settings).toMatchObject({ server: 'b', username: 'joe', nossl: false })
  })

  it('is taken literally: blanks, quotes and carriage returns belong to the value', () => {
    expect(read('password= "x" \r\n').settings.password).toBe(' "x" \r')
    expect(read('# a=b\n').words).toEqual(['# a=b'])
  })

  it.each(['server=a\n# comment\n', 'server=a\n-u x\n', 'server=a\n  \n', 'server=a\r\n\r\n'])(
    'is worth nothing with a line without an equals sign: %j',
    text => {
      const { words, settings } = read(text)
      expect(words).toBeUndefined()
      expect(settings).toEqual(defaults)
    },
  )
})
