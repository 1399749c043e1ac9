import { describe, expect, it } from 'vitest'
import { TransportError, type Value, XapiError } from '../../../src/xapi/index.ts'
import { always, answerOf, failure, httpServer, success } from '../servers.ts'
import { xmlTransport } from './calling.ts'

/** What the client makes of a whole answer. */
async function reading(document: string, method = 'tunnel.get_all_records'): Promise<Value> {
  await using server = await httpServer(always(document))
  const transport = await xmlTransport(server.settings)
  try {
    return await transport.call(method, ['OpaqueRef:s'])
  } finally {
    await transport.close()
  }
}

const readingValue = (value: string) => reading(success(value))

describe('an answer over XML-RPC', () => {
  it('comes out of its envelope, structs as Maps in the order of the wire', async () => {
    const value = await readingValue(
      '<struct><member><name>status</name><value><struct><member><name>active</name><value>false</value></member></struct></value></member>' +
        '<member><name>access_PIF</name><value>OpaqueRef:a</value></member></struct>',
    )
    expect(value).toEqual(
      new Map<string, Value>([
        ['status', new Map([['active', 'false']])],
        ['access_PIF', 'OpaqueRef:a'],
      ]),
    )
    expect([...(value as Map<string, Value>).keys()]).toEqual(['status', 'access_PIF'])
  })

  it('that is a failure throws the code and the parameters as the host sent them', async () => {
    const error = await reading(failure('HANDLE_INVALID', 'tunnel', '', 'a &amp; b')).catch(e => e)
    expect(error).toBeInstanceOf(XapiError)
    expect(error).toMatchObject({ code: 'HANDLE_INVALID', params: ['tunnel', '', 'a & b'] })
  })

  it('with a code that no datamodel knows comes through as it is', async () => {
    await expect(reading(failure('SOMETHING_NEW'))).rejects.toMatchObject({ code: 'SOMETHING_NEW', params: [] })
  })

  it('has no envelope for system.listMethods alone', async () => {
    const bare = answerOf('<array><data><value>session.login_with_password</value></data></array>')
    expect(await reading(bare, 'system.listMethods')).toEqual(['session.login_with_password'])
    await expect(reading(bare, 'tunnel.get_all')).rejects.toMatchObject({ kind: 'protocol' })
  })

  it.each([
    ['no Status', answerOf('<struct><member><name>a</name><value>b</value></member></struct>')],
    ['another Status', success('x').replace('Success', 'Perhaps')],
    ['a failure without a description', failure()],
  ])('with %s is no answer of a XenAPI host', async (_, document) => {
    const error = await reading(document).catch(e => e)
    expect(error).toBeInstanceOf(TransportError)
    expect(error).toMatchObject({ kind: 'protocol' })
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+ answered tunnel\.get_all_records in XML-RPC, but not as/)
  })

  it('that is a fault is a protocol error with its text', async () => {
    const fault =
      '<?xml version="1.0"?><methodResponse><fault><value><struct><member><name>faultCode</name><value><int>4</int></value></member>' +
      '<member><name>faultString</name><value><string>Too many\nparameters.</string></value></member></struct></value></fault></methodResponse>'
    await expect(reading(fault)).rejects.toMatchObject({
      name: 'TransportError',
      kind: 'protocol',
      message: expect.stringMatching(/XML-RPC fault: Too many parameters\.$/),
    })
  })
})

describe('the values of an answer', () => {
  it.each<[string, string, Value]>([
    ['an untyped value', 'OpaqueRef:a', 'OpaqueRef:a'],
    ['an int that comes as text, as hosts send it', '1500', '1500'],
    ['a typed string', '<string>x</string>', 'x'],
    ['an empty value', '', ''],
    ['an empty string', '<string/>', ''],
    ['white space', '  a\r\n\tb ', '  a\r\n\tb '],
    ['white space around a typed value', '\n  <string>x</string>\n', 'x'],
    ['CDATA', 'a <![CDATA[<b> & ]]>c', 'a <b> & c'],
    ['comments', 'a<!-- no -->b<!-- <name>x&y</name> -->', 'ab'],
    ['entities', '&lt;&gt;&amp;&quot;&apos;&#65;&#x1F980;', '<>&"\'A🦀'],
    ['an entity that nobody declared', 'a &nothing; b', 'a &nothing; b'],
    ['a bare ampersand', 'a & b', 'a & b'],
    ['an emoji', '🚇', '🚇'],
    ['true', '<boolean>1</boolean>', true],
    ['false', '<boolean>0</boolean>', false],
    ['nil', '<nil/>', null],
    ['an i4', '<i4>7</i4>', 7],
    ['an int with white space', '<int> -7\n</int>', -7],
    ['an i8', '<i8>7</i8>', 7],
    ['an int beyond 2^53, digit by digit', '<int>9223372036854775807</int>', 9223372036854775807n],
    ['an i8 beyond 2^53, digit by digit', '<i8>-9223372036854775808</i8>', -9223372036854775808n],
    ['a double', '<double>0.1</double>', 0.1],
    ['a double as C prints it', '<double>1e+20</double>', 1e20],
    ['nan', '<double>nan</double>', Number.NaN],
    ['-nan', '<double>-nan</double>', Number.NaN],
    ['inf', '<double>inf</double>', Number.POSITIVE_INFINITY],
    ['-inf', '<double>-inf</double>', Number.NEGATIVE_INFINITY],
    ['a date, as text', '<dateTime.iso8601>20240102T03:04:05Z</dateTime.iso8601>', '20240102T03:04:05Z'],
    ['a date without a zone, as text', '<dateTime.iso8601>20240102T03:04:05</dateTime.iso8601>', '20240102T03:04:05'],
    ['base64, as the text it stands for', '<base64>Z3LDvG4=</base64>', 'grün'],
    ['an empty array', '<array><data/></array>', []],
    ['an array without data', '<array/>', []],
    ['an empty struct', '<struct/>', new Map()],
    [
      'an array of everything',
      '<array><data><value>a</value><value/><value><nil/></value></data></array>',
      ['a', '', null],
    ],
  ])('read %s right', async (_, xml, value) => {
    expect(await readingValue(xml)).toEqual(value)
  })

  it.each([
    ['an int with letters behind it', '<int>12abc</int>'],
    ['an empty int', '<int/>'],
    ['a double that is none', '<double>about 3</double>'],
    ['an empty double', '<double></double>'],
    ['a boolean in words', '<boolean>true</boolean>'],
    ['a character that does not exist', '&#99999999;'],
    ['the character 0', '&#0;'],
    ['an unknown type', '<float>1</float>'],
    ['a prefixed type', '<ex:nil/>'],
    ['a member without a name', '<struct><member><value>x</value></member></struct>'],
    ['members without values', '<struct><member><name>a</name></member><member><name>b</name></member></struct>'],
    ['tags that cross', '<array><data></array></data>'],
    ['a tag that is not closed', '<string>x'],
    ['a second document', 'x</value></param></params></methodResponse><methodResponse><params><param><value>'],
  ])('refuse %s', async (_, xml) => {
    await expect(readingValue(xml)).rejects.toMatchObject({
      kind: 'protocol',
      message: expect.stringMatching(/^127\.0\.0\.1:\d+ sent an answer that is not XML-RPC: [^\n]+$/),
    })
  })

  it('may hold a member twice: the last one counts', async () => {
    const member = (value: string) => `<member><name>restrict_vtpm</name><value>${value}</value></member>`
    expect(await readingValue(`<struct>${member('a')}${member('b')}</struct>`)).toEqual(
      new Map([['restrict_vtpm', 'b']]),
    )
  })

  it('keep member names that mean something to JavaScript, in their order', async () => {
    const keys = ['b', '100', '__proto__', 'constructor', '1', 'hasOwnProperty', '']
    const members = keys.map(key => `<member><name>${key}</name><value>${key}</value></member>`).join('')
    const value = await readingValue(`<struct>${members}</struct>`)
    expect([...(value as Map<string, Value>)]).toEqual(keys.map(key => [key, key]))
    expect(({} as Record<string, unknown>)['100']).toBeUndefined()
  })

  it.each([
    ['a&b', 'a&b'],
    ['a&amp;b', 'a&b'],
    ['a<b', 'a<b'],
    ['<', '<'],
    ['a<b>c</b>', 'a<b>c</b>'],
    ['a&b; &lt;c', 'a&b; <c'],
    ['&&#38;', '&&'],
    ['<![CDATA[a&b<c]]>', 'a&b<c'],
  ])('keep the member name that a host wrote as %s', async (written, read) => {
    const value = await readingValue(
      `<struct><member><name>${written}</name><value>1 &lt; 2</value></member><member><name>next</name><value>x</value></member></struct>`,
    )
    expect([...(value as Map<string, Value>)]).toEqual([
      [read, '1 < 2'],
      ['next', 'x'],
    ])
  })

  it('do not take for a member name what stands in CDATA', async () => {
    expect(await readingValue('<![CDATA[<name>a & b</name>]]>')).toBe('<name>a & b</name>')
  })

  it('may be nested deeper than any recursion could follow', async () => {
    const depth = 100_000
    let value: unknown = await readingValue(
      `${'<array><data><value>'.repeat(depth)}x${'</value></data></array>'.repeat(depth)}`,
    )
    let found = 0
    for (; Array.isArray(value); found += 1) value = value[0]
    expect([found, value]).toEqual([depth, 'x'])
  })

  it('may be many: ten thousand records', async () => {
    const record = (i: number) =>
      `<member><name>OpaqueRef:${i}</name><value><struct><member><name>uuid</name><value>${i}</value></member></struct></value></member>`
    const value = await readingValue(`<struct>${Array.from({ length: 10_000 }, (_, i) => record(i)).join('')}</struct>`)
    expect((value as Map<string, Value>).size).toBe(10_000)
  })

  it('declare no entities: a document that tries is read without them', async () => {
    const bomb = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]>'
    expect(await reading(success('&b;').replace('?>', `?>${bomb}`))).toBe('&b;')
  })
})
