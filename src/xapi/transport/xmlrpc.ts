import CustomType from 'xmlrpc/lib/customtype.js'
import Deserializer from 'xmlrpc/lib/deserializer.js'
import serializer from 'xmlrpc/lib/serializer.js'
import type { Value } from '../../datamodel/index.ts'
import { TransportError, XapiError } from '../errors.ts'
import type { HttpSettings } from './endpoint.ts'
import { type HttpClient, openHttp } from './http.ts'
import { bodyOf } from './http-answer.ts'
import { oneLine } from './one-line.ts'
import { overHttp } from './over-http.ts'
import { type WireParameter, wireParameters } from './parameters.ts'
import { repairMarkup } from './repair.ts'
import type { CallOptions, Transport } from './transport.ts'

/** XML-RPC over HTTP, HTTPS or a unix socket (docs/spec/protocol-semantics.md 1.4). */
export async function xmlRpcTransport(settings: HttpSettings): Promise<Transport> {
  return overHttp(await openHttp(settings), callXmlRpc)
}

/**
 * One call in XML-RPC. The package xmlrpc writes the request and reads the answer; its client is not used, as it knows
 * neither time-outs nor the status of an answer, and changes the options it is given.
 */
export async function callXmlRpc(
  http: HttpClient,
  method: string,
  parameters: readonly Value[],
  options: CallOptions,
): Promise<Value> {
  const sent = wireParameters(method, parameters, unwritable)
  const request = serializer.serializeMethodCall(
    method,
    sent.map(parameter => new Parameter(parameter)),
  )
  const answer = await http.post('/', 'text/xml', request, options)
  return unwrap(method, readAnswer(bodyOf(answer, http.where), http.where), http.where)
}

/** What XML 1.0 has no way to write. */
function unwritable(text: string): string | undefined {
  const found = /[^\t\n\r\u0020-\uFFFD]/.exec(text)?.[0].charCodeAt(0)
  return found === undefined ? undefined : `the character U+${found.toString(16).toUpperCase().padStart(4, '0')}`
}

/**
 * A parameter that writes itself. The package's own way with values is lossy: a Map comes out empty, keys such as `100`
 * move to the front, and what looks like markup becomes CDATA, which breaks at a second `]]>`.
 */
class Parameter extends CustomType {
  readonly content: WireParameter

  constructor(content: WireParameter) {
    super('')
    this.content = content
  }

  override serialize(value: CustomType.XmlNode): void {
    write(this.content, value)
  }
}

function write(content: WireParameter, value: CustomType.XmlNode): void {
  if (typeof content === 'string') value.ele('string').txt(content)
  else if (typeof content === 'boolean') value.ele('boolean').txt(content ? '1' : '0')
  else if (typeof content === 'number') value.ele('double').txt(String(content))
  else if (content === null) value.ele('nil')
  else if (content instanceof Map) {
    const struct = value.ele('struct')
    for (const [key, item] of content as ReadonlyMap<string, WireParameter>) {
      // instanceof forgets what it holds
      const member = struct.ele('member')
      member.ele('name').txt(key)
      write(item, member.ele('value'))
    }
  } else {
    const data = value.ele('array').ele('data')
    for (const item of content as readonly WireParameter[]) write(item, data.ele('value')) // not a Map, as seen above
  }
}

function readAnswer(xml: string, where: string): Value {
  const reader = new Reader()
  const outcome: { error?: Error | null; value?: unknown } = {}
  const source = { setEncoding() {}, on() {}, pipe: () => reader.readAll(xml) }
  reader.deserializeMethodResponse(source, (error, value) => Object.assign(outcome, { error, value }))
  const { error, value } = outcome
  if (error || value === undefined) {
    const detail = oneLine(error?.message ?? 'it holds no value')
    throw new TransportError('protocol', `${where} sent an answer that is not XML-RPC: ${detail}`)
  }
  if (reader.fault) {
    const text = value instanceof Map ? String(value.get('faultString') ?? value.get('faultCode') ?? '') : ''
    throw new TransportError('protocol', `${where} answered with an XML-RPC fault: ${oneLine(text)}`)
  }
  return value as Value // made by Reader, which pushes nothing else
}

/** The answer without its envelope, which system.listMethods alone does not have. */
function unwrap(method: string, answer: Value, where: string): Value {
  const status = answer instanceof Map ? answer.get('Status') : undefined
  if (answer instanceof Map && status === 'Success') {
    const value = answer.get('Value')
    return value === undefined ? '' : value
  }
  if (answer instanceof Map && status === 'Failure') {
    const description: unknown = answer.get('ErrorDescription')
    if (Array.isArray(description) && description.length > 0) {
      const [code = '', ...parameters] = description.map(String)
      throw new XapiError(code, parameters)
    }
  } else if (method === 'system.listMethods' && Array.isArray(answer)) return answer
  throw new TransportError('protocol', `${where} answered ${method} in XML-RPC, but not as a XenAPI host would`)
}

/** The package's reader, made to keep what a host says and to refuse what is not well-formed. */
class Reader extends Deserializer {
  fault = false

  constructor() {
    super('utf8')
    this.parser._parser.strict = true // the package leaves sax in the mode that guesses at broken documents
  }

  /** Reads the document at once: what a repair may touch cannot be seen from a piece of it. */
  readAll(xml: string): void {
    try {
      this.parser.end(repairMarkup(xml))
    } catch (error) {
      this.onError(error instanceof Error ? error : String(error)) // sax throws on `&#9999999;`
    }
  }

  // The package compares names in capitals, which sax gives it only in the mode that guesses.
  override onOpentag(node: { name: string }): void {
    super.onOpentag({ name: node.name.toUpperCase() })
  }

  override onClosetag(name: string): void {
    super.onClosetag(name.toUpperCase())
    const opened = this.marks.at(-1)
    if (name === 'member' && opened !== undefined && (this.stack.length - opened) % 2 !== 0) {
      this.onError('a member without a name or without a value')
    }
  }

  override endInt(text: string): void {
    if (!/^\s*[+-]?\d+\s*$/.test(text)) throw new Error(`not an integer: ${text}`)
    const exact = BigInt(text.replace('+', ''))
    const number = Number(exact)
    this.push(Number.isSafeInteger(number) ? number : exact)
    this.value = false
  }

  override endI8(text: string): void {
    this.endInt(text)
  }

  // A host prints floats as C does (docs/spec/protocol-semantics.md 1.3).
  override endDouble(text: string): void {
    const word = text.trim().toLowerCase()
    const [, sign = '', name = ''] = /^([+-]?)(nan|inf(?:inity)?)$/.exec(word) ?? []
    const number = name === '' ? Number(word) : name === 'nan' ? Number.NaN : sign === '-' ? -Infinity : Infinity
    if (word === '' || (name !== 'nan' && Number.isNaN(number))) throw new Error(`not a number: ${text}`)
    this.push(number)
    this.value = false
  }

  override endDateTime(text: string): void {
    this.push(text.trim())
    this.value = false
  }

  override endBase64(text: string): void {
    this.push(Buffer.from(text, 'base64').toString())
    this.value = false
  }

  override endStruct(): void {
    const members = this.stack.splice(this.marks.pop() ?? 0)
    const struct = new Map<string, unknown>()
    for (let i = 0; i < members.length; i += 2) struct.set(String(members[i]), members[i + 1])
    this.push(struct)
    this.value = false
  }

  override endFault(): void {
    this.fault = true
    this.responseType = 'params' // delivered like an answer, so that the text is not lost on the way
  }
}
