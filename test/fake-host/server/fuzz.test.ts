import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { startFakeHost } from '../../../src/fake-host/start.ts'
import { post, rawClient, xmlCall } from './raw.ts'

const bytes = fc.uint8Array({ maxLength: 2000 }).map(array => Buffer.from(array))
const request = post(xmlCall('session.login_with_password', 'root', 'pw'), { headers: ['Connection: close'] })
/** A good request with some of its bytes replaced. */
const damaged = fc
  .array(fc.tuple(fc.nat(request.length - 1), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 8 })
  .map(changes => {
    const buffer = Buffer.from(request)
    for (const [at, byte] of changes) buffer[at] = byte
    return buffer
  })
/** A whole request whose body is anything. */
const anyBody = bytes.map(body =>
  Buffer.concat([Buffer.from(`POST / HTTP/1.1\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`), body]),
)
const markup = fc
  .array(
    fc.constantFrom(
      ...[
        '<methodCall>',
        '</methodCall>',
        '<methodName>',
        '</methodName>',
        '<params>',
        '</params>',
        '<param>',
        '</param>',
      ],
      ...[
        '<value>',
        '</value>',
        '<int>',
        '</int>',
        '<array>',
        '<data>',
        '<struct>',
        '<member>',
        '<name>',
        '<nil/>',
        '1',
        'x',
      ],
      ...['<!DOCTYPE x [', ']>', '<![CDATA[', ']]>', '&amp;', '&#0;', '<?xml', '?>', '<!--', '-->'],
    ),
    { maxLength: 40 },
  )
  .map(parts => Buffer.from(post(parts.join(''), { headers: ['Connection: close'] })))

/** A good call of JSON-RPC with some of its characters replaced, and pieces of one in any order. */
const json = fc
  .oneof(
    fc.array(fc.tuple(fc.nat(90), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }).map(changes => {
      const body = Buffer.from('{"jsonrpc":"2.0","method":"session.login_with_password","params":["root","pw"],"id":1}')
      for (const [at, byte] of changes) if (at < body.length) body[at] = byte
      return body
    }),
    fc
      .array(
        fc.constantFrom(
          '{',
          '}',
          '[',
          ']',
          '"method":"m"',
          '"id":1',
          '"params":',
          ',',
          '1e9',
          '-',
          'NaN',
          '"\\ud800"',
          ' ',
        ),
        {
          maxLength: 30,
        },
      )
      .map(parts => Buffer.from(parts.join(''))),
  )
  .map(body =>
    Buffer.concat([
      Buffer.from(`POST /jsonrpc HTTP/1.1\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`),
      body,
    ]),
  )

it('whatever bytes a client sends, the server answers or closes, and goes on serving', {
  timeout: 120_000,
}, async () => {
  await using host = await startFakeHost()
  const failures: unknown[] = []
  const note = (reason: unknown) => failures.push(reason)
  process.on('unhandledRejection', note)
  try {
    await fc.assert(
      fc.asyncProperty(fc.oneof(bytes, damaged, anyBody, markup, json), async sent => {
        const { send, socket, ended } = rawClient(host.port)
        send(sent)
        socket.end()
        const answer = await ended()
        if (answer !== '') expect(answer).toMatch(/^HTTP\/1\.[01] (200|400|431|500|501) /)
      }),
      { numRuns: 500 },
    )
    const { send, ended } = rawClient(host.port)
    send(request)
    expect(await ended()).toContain('<value>Success</value>')
    expect(failures).toEqual([])
  } finally {
    process.off('unhandledRejection', note)
  }
})
