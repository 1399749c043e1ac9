import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const folder = fileURLToPath(new URL('.', import.meta.url))
const specification = new URL('../../docs/spec/networking-conformance-cases.md', import.meta.url)
const LAST = 106

/** `98, 100 to 102` */
const numbersIn = (list: string): number[] =>
  list.split(', ').flatMap(part => {
    const [first = 0, last = first] = part.split(' to ').map(Number)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })

/** The numbers that titles begin with: written out, or in the rows of a table whose title begins with its first column. */
function casesIn(source: string): number[] {
  const written = [...source.matchAll(/(?:\b(?:it|test)|\.each\([^()]*\))\(\s*'(\d+(?:(?:, | to )\d+)*): /g)]
  const rows = source.includes("'%i: ") ? [...source.matchAll(/^\s+\[(\d+),/gm)] : []
  return [...written.flatMap(([, list = '']) => numbersIn(list)), ...rows.map(([, number]) => Number(number))]
}

it('every conformance case of networking has a test whose title begins with its number', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.test.ts'))
  const tested = new Set(files.flatMap(file => casesIn(readFileSync(`${folder}${file}`, 'utf8'))))
  const all = Array.from({ length: LAST }, (_, i) => i + 1)
  expect(all.filter(number => !tested.has(number))).toEqual([])
})

it('there are no more cases than that', () => {
  const text = readFileSync(specification, 'utf8')
  const numbers = [...text.matchAll(/^(\d+)\. |^\| (\d+) \| (?:true|false) /gm)].map(([, a, b]) => Number(a ?? b))
  expect(Math.max(...numbers)).toBe(LAST)
})
