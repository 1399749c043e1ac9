import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { shellWords } from '../../../src/cli/shell/index.ts'
import { lex } from '../../../src/cli/shell/lex.ts'

test.each([
  ['', []],
  ['  \t ', []],
  ['# only a comment', []],
  ['a b\tc  d', ['a', 'b', 'c', 'd']],
  ['a # b', ['a']],
  ['a#b', ['a#b']],
  ["name-label='red net'", ['name-label=red net']],
  ['name-label="red net"', ['name-label=red net']],
  ['name-label=red\\ net', ['name-label=red net']],
  [`"a'b" 'c"d'`, ["a'b", 'c"d']],
  ['"a\\"b\\\\c\\d"', ['a"b\\c\\d']],
  ["'a\\b'", ['a\\b']],
  [`'' ""`, ['', '']],
  ["a'b'c", ['abc']],
  ["'$HOME' '`x`' '|'", ['$HOME', '`x`', '|']],
  ['\\$HOME "\\$HOME"', ['$HOME', '$HOME']],
  ['cost=5$ $', ['cost=5$', '$']],
  ['a\\#b \\# c', ['a#b', '#', 'c']],
])('%j is %j', (line, words) => {
  expect(shellWords(line)).toEqual(words)
})

test.each([
  ["a 'b", /single quotation mark is not closed/],
  ['a "b', /double quotation mark is not closed/],
  ['a \\', /ends with a backslash/],
  ['a | head', /^\| means something to a shell/],
  ['a > b', /^> /],
  ['a; b', /^; /],
  ['a $HOME', /^\$ /],
  ['a "$(date)"', /^\$ /],
  ['a "`date`"', /^` /],
])('%j is an error', (line, message) => {
  expect(() => shellWords(line)).toThrow(message)
})

it('is what bash makes of it, wherever it is no error', () => {
  const character = fc.constantFrom(...`ab ='"\\#\t$é`.split(''))
  const lines = fc.sample(fc.string({ unit: character, maxLength: 12 }), { numRuns: 400, seed: 5 }).filter(line => {
    const { quote, special } = lex(line)
    return quote === '' && special === undefined
  })
  const script = lines.map(line => `printf '%s\\0' ${line}\nprintf '\\1'`).join('\n')
  const printed = execFileSync('bash', ['--norc'], { input: `set +H\n${script}\n`, encoding: 'utf8' })
  const words = printed
    .split('\u0001')
    .slice(0, -1)
    .map(part => part.split('\0').slice(0, -1))
  // printf without a word still prints its format once.
  expect(words).toEqual(lines.map(line => (shellWords(line).length === 0 ? [''] : shellWords(line))))
})

test('a line that is being typed is taken apart as far as it goes', () => {
  expect(lex('a "b c')).toMatchObject({ words: ['a', 'b c'], isOpen: true, quote: '"' })
  expect(lex('a b ')).toMatchObject({ words: ['a', 'b'], isOpen: false, quote: '' })
  expect(lex('a b\\')).toMatchObject({ isOpen: true, quote: '\\' })
})
