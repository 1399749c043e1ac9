import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseType, type Value } from '../../../src/datamodel/index.ts'
import { readMethodCall } from '../../../src/fake-host/server/xmlrpc-read.ts'
import { encodeXml, writeMethodResponse } from '../../../src/fake-host/server/xmlrpc-write.ts'

describe('encodeXml', () => {
  it.each<[string, Value, string]>([
    ['string', 'a<b>&"c"\'', "<value>a&lt;b&gt;&amp;&quot;c&quot;'</value>"],
    ['string', 'a\u0000\u0001\u000b\u001fb\t\n\r', '<value>ab\t\n\r</value>'],
    ['string', '', '<value></value>'],
    ['int', 1500, '<value>1500</value>'],
    ['int', 9223372036854775807n, '<value>9223372036854775807</value>'],
    ['float', 0.1, '<value><double>0.1</double></value>'],
    ['float', 0, '<value><double>0</double></value>'],
    ['float', Number.NaN, '<value><double>nan</double></value>'],
    ['bool', true, '<value><boolean>1</boolean></value>'],
    ['bool', false, '<value><boolean>0</boolean></value>'],
    ['datetime', '20240102T03:04:05Z', '<value><dateTime.iso8601>20240102T03:04:05Z</dateTime.iso8601></value>'],
    ['enum tunnel_protocol', 'vxlan', '<value>vxlan</value>'],
    ['PIF ref', 'OpaqueRef:NULL', '<value>OpaqueRef:NULL</value>'],
    ['string set', [], '<value><array><data></data></array></value>'],
    ['string set', ['a', 'b'], '<value><array><data><value>a</value><value>b</value></data></array></value>'],
    ['(string -> string) map', new Map(), '<value><struct></struct></value>'],
    [
      '(string -> string) map',
      new Map([['<k&', 'v']]),
      '<value><struct><member><name>&lt;k&amp;</name><value>v</value></member></struct></value>',
    ],
    ['void', '', '<value></value>'],
  ])('writes a %s as a host does: %#', (type, value, xml) => {
    expect(encodeXml(parseType(type), value)).toBe(xml)
  })

  it('writes each member of a record by the type of its field', () => {
    const record = new Map<string, Value>([
      ['uuid', 'u'],
      ['io_read_kbs', 1],
      ['carrier', true],
      ['speed', 10],
      ['last_updated', '19700101T00:00:00Z'],
    ])
    expect(encodeXml(parseType('PIF_metrics record'), record)).toBe(
      '<value><struct>' +
        '<member><name>uuid</name><value>u</value></member>' +
        '<member><name>io_read_kbs</name><value><double>1</double></value></member>' +
        '<member><name>carrier</name><value><boolean>1</boolean></value></member>' +
        '<member><name>speed</name><value>10</value></member>' +
        '<member><name>last_updated</name><value><dateTime.iso8601>19700101T00:00:00Z</dateTime.iso8601></value></member>' +
        '</struct></value>',
    )
  })

  it('writes texts so that a strict reader gets them back, but for what XML cannot carry', () => {
    const illegal = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (key, value) => {
        const xml = encodeXml(parseType('(string -> string) map'), new Map([[key, value]]))
        const call = `<methodCall><methodName>m</methodName><params><param>${xml}</param></params></methodCall>`
        const normal = (text: string) => text.replace(illegal, '').replace(/\r\n?/g, '\n') // as XML reads line ends
        expect(readMethodCall(Buffer.from(call)).params).toEqual([new Map([[normal(key), normal(value)]])])
      }),
    )
  })
})

describe('writeMethodResponse', () => {
  it('puts a value into the envelope of a success', () => {
    const type = parseType('(string -> string) map')
    expect(writeMethodResponse({ ok: true, type, value: new Map([['active', 'false']]) })).toBe(
      '<?xml version="1.0"?><methodResponse><params><param><value><struct><member><name>Status</name><value>Success</value></member><member><name>Value</name><value><struct><member><name>active</name><value>false</value></member></struct></value></member></struct></value></param></params></methodResponse>',
    )
  })

  it('answers nothing as an empty value', () => {
    expect(writeMethodResponse({ ok: true, type: parseType('void'), value: undefined })).toContain(
      '<name>Value</name><value></value>',
    )
  })

  it('puts an error description into the envelope of a failure, which is no fault', () => {
    expect(writeMethodResponse({ ok: false, error: ['HANDLE_INVALID', 'PIF', '<x>'] })).toBe(
      '<?xml version="1.0"?><methodResponse><params><param><value><struct><member><name>Status</name><value>Failure</value></member><member><name>ErrorDescription</name><value><array><data><value>HANDLE_INVALID</value><value>PIF</value><value>&lt;x&gt;</value></data></array></value></member></struct></value></param></params></methodResponse>',
    )
  })

  it('writes a bare answer without envelope', () => {
    expect(writeMethodResponse({ ok: true, type: parseType('string set'), value: ['a'], bare: true })).toBe(
      '<?xml version="1.0"?><methodResponse><params><param><value><array><data><value>a</value></data></array></value></param></params></methodResponse>',
    )
  })
})
