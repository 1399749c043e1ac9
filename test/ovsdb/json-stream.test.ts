import fc from 'fast-check'
import { expect, it } from 'vitest'
import { JsonStream } from '../../src/ovsdb/json-stream.ts'

const read = (pieces: readonly Buffer[], maxBytes = 10_000) => {
  const stream = new JsonStream(maxBytes)
  return pieces.flatMap(piece => [...stream.push(piece)])
}

it('finds the objects wherever the stream is cut, whatever stands in their strings', () => {
  const object = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue())
  const cuts = fc.array(fc.nat(200), { maxLength: 20 })
  fc.assert(
    fc.property(
      fc.array(object, { maxLength: 5 }),
      cuts,
      fc.constantFrom('', ' ', '\r\n\t'),
      (objects, at, between) => {
        const bytes = Buffer.from(objects.map(it => JSON.stringify(it)).join(between))
        const places = [0, ...at.map(place => Math.min(place, bytes.length)).sort((a, b) => a - b), bytes.length]
        const pieces = places.slice(1).map((end, i) => bytes.subarray(places[i], end))
        expect(read(pieces)).toEqual(JSON.parse(JSON.stringify(objects)))
      },
    ),
  )
})

it('finds objects in single bytes, with braces, quotes and backslashes in strings', () => {
  const objects = [{ text: '}{"\\"}\\\\' }, { 'ключ "}': [{ deep: { er: '\\' } }] }, {}]
  const bytes = Buffer.from(objects.map(it => JSON.stringify(it)).join(''))
  expect(read([...bytes].map(byte => Buffer.from([byte])))).toEqual(objects)
})

it('refuses what is no object, what is no JSON, and what is too long', () => {
  for (const text of ['HTTP/1.1 400 Bad Request\r\n', '[1]', '"x"', '{}x']) {
    expect(() => read([Buffer.from(text)])).toThrow('no JSON object')
  }
  expect(() => read([Buffer.from('{"a":}')])).toThrow('no JSON')
  expect(() => read([Buffer.from('{"a":"'), Buffer.alloc(100, 'b')], 100)).toThrow('longer than 100 bytes')
})
