import { describe, expect, it } from 'vitest'
import { RpcDate, type RpcValue } from '../../../src/fake-host/dispatch/call.ts'
import { readMethodCall } from '../../../src/fake-host/server/xmlrpc-read.ts'

const call = (params: string, head = '<?xml version="1.0"?>') =>
  `${head}<methodCall><methodName>m</methodName><params>${params}</params></methodCall>`

/** What one parameter, as XML, comes to. */
function read(value: string): RpcValue | undefined {
  return readMethodCall(Buffer.from(call(`<param>${value}</param>`))).params[0]
}

describe('readMethodCall', () => {
  it.each<[string, RpcValue]>([
    ['<value>plain</value>', 'plain'],
    ['<value> kept as it is\n</value>', ' kept as it is\n'],
    ['<value><string>text</string></value>', 'text'],
    ['<value>\n <string>text</string>\n</value>', 'text'],
    ['<value/>', ''],
    ['<value></value>', ''],
    ['<value><string/></value>', ''],
    ['<value>a<!-- c -->b</value>', 'ab'],
    ['<value><![CDATA[<&>]]></value>', '<&>'],
    ['<value>&lt;&amp;&gt;&quot;&apos;&#233;&#x1F600;&#10;</value>', '<&>"\'é😀\n'],
    ['<value><int>1500</int></value>', 1500n],
    ['<value><i4>-1</i4></value>', -1n],
    ['<value><i8>9223372036854775807</i8></value>', 9223372036854775807n],
    ['<value><boolean>1</boolean></value>', true],
    ['<value><boolean>0</boolean></value>', false],
    ['<value><double>0.5</double></value>', 0.5],
    ['<value><double>1e3</double></value>', 1000],
    ['<value><nil/></value>', null],
    ['<value><array/></value>', []],
    ['<value><array><data/></array></value>', []],
    ['<value><array> <data> <value>a</value> <value><int>2</int></value> </data> </array></value>', ['a', 2n]],
    ['<value><struct/></value>', new Map()],
    ['<value a="b"><string c="d">text</string></value>', 'text'],
  ])('reads %s', (xml, value) => {
    expect(read(xml)).toEqual(value)
  })

  it('tells a date from a string', () => {
    expect(read('<value><dateTime.iso8601>20240102T03:04:05Z</dateTime.iso8601></value>')).toEqual(
      new RpcDate('20240102T03:04:05Z'),
    )
  })

  it('gives base64 as something that no message takes', () => {
    expect(read('<value><base64>YWJj</base64></value>')).toBeInstanceOf(RpcDate)
  })

  it('keeps the members of a struct in order, whatever their names; of two with one name the first counts', () => {
    const member = (name: string, value: string) => `<member><name>${name}</name><value>${value}</value></member>`
    const names = ['10', '2', '__proto__', 'constructor', '']
    const struct = read(`<value><struct>${names.map(name => member(name, `v${name}`)).join('\n')}</struct></value>`)
    expect([...(struct as Map<string, RpcValue>)]).toEqual(names.map(name => [name, `v${name}`]))
    expect(read(`<value><struct>${member('a', '1')}${member('a', '2')}</struct></value>`)).toEqual(
      new Map([['a', '1']]),
    )
  })

  it('reads a call without XML declaration, with a document type, and in another encoding', () => {
    const value = '<param><value>é</value></param>'
    expect(readMethodCall(Buffer.from(call(value, ''))).params).toEqual(['é'])
    expect(readMethodCall(Buffer.from(call(value, '<!DOCTYPE methodCall [<!ENTITY e "x">]>'))).params).toEqual(['é'])
    expect(
      readMethodCall(Buffer.from(call(value, '<?xml version="1.0" encoding="ISO-8859-1"?>'), 'latin1')).params,
    ).toEqual(['é'])
    expect(readMethodCall(Buffer.from(`\uFEFF${call(value, '')}`, 'utf16le')).params).toEqual(['é'])
    expect(readMethodCall(Buffer.from(`\uFEFF${call(value)}`)).params).toEqual(['é'])
  })

  it('takes an empty <params/>, but not none', () => {
    expect(readMethodCall(Buffer.from('<methodCall><methodName>m</methodName><params/></methodCall>'))).toEqual({
      method: 'm',
      params: [],
    })
    expect(() => readMethodCall(Buffer.from('<methodCall><methodName>m</methodName></methodCall>'))).toThrow(
      '<methodCall> is not complete',
    )
  })

  it.each([
    '',
    'hello',
    '<foo/>',
    '<methodResponse/>',
    '<methodCall><params/></methodCall>',
    '<methodCall><methodName/><params/></methodCall>',
    '<methodCall><params/><methodName>m</methodName></methodCall>',
    '<methodCall><methodName>m</methodName><params/><params/></methodCall>',
    '<methodCall><methodName>m</methodName><params/></methodCall><x/>',
    '<methodCall><methodName>m</methodName>text<params/></methodCall>',
    '<methodCall><methodName>m<b/></methodName><params/></methodCall>',
    call('<param/>'),
    call('<param>text</param>'),
    call('<param><value/><value/></param>'),
    call('<param><value><constructor/></value></param>'),
    call('<param><value><foo>x</foo></value></param>'),
    call('<param><value>text<string>x</string></value></param>'),
    call('<param><value><string>x</string>text</value></param>'),
    call('<param><value><string>a</string><string>b</string></value></param>'),
    call('<param><value><int>x</int></value></param>'),
    call('<param><value><int/></value></param>'),
    call('<param><value><int>9223372036854775808</int></value></param>'),
    call('<param><value><double>x</double></value></param>'),
    call('<param><value><boolean/></value></param>'),
    call('<param><value><array><value/></array></value></param>'),
    call('<param><value><array><data>x</data></array></value></param>'),
    call('<param><value><struct><member><name>x</name></member></struct></value></param>'),
    call('<param><value><struct><member><value/><name>x</name></member></struct></value></param>'),
    call('<param><value>&foo;</value></param>'),
    call('<param><value>&#1;</value></param>'),
    call('<param><value>\u0001</value></param>'),
    call('<param><value>a</param></value>'),
    call('<param><value>a</value></param>').slice(0, -5),
    `<!DOCTYPE m [<!ENTITY e "x">]>${call('<param><value>&e;</value></param>', '')}`,
    call('<param><value/></param>', '<?xml version="1.0" encoding="klingon"?>'),
  ])('refuses %s', xml => {
    expect(() => readMethodCall(Buffer.from(xml))).toThrow()
  })

  it('refuses bytes that are not of the encoding', () => {
    expect(() => readMethodCall(Buffer.from(call('<param><value>é</value></param>'), 'latin1'))).toThrow()
  })

  it('reads as many levels of nesting as there are', () => {
    const depth = 100_000
    let value = read(
      `${'<value><array><data>'.repeat(depth)}<value>x</value>${'</data></array></value>'.repeat(depth)}`,
    )
    let levels = 0
    while (Array.isArray(value)) {
      value = value[0] as RpcValue
      levels++
    }
    expect([levels, value]).toEqual([depth, 'x'])
    expect(() => read('<value><array><data>'.repeat(depth))).toThrow()
  })
})
