import { SaxesParser } from 'saxes'
import { parseType } from '../../datamodel/index.ts'
import { RpcDate, type RpcValue } from '../dispatch/call.ts'
import { parseInt64, unmarshal } from '../dispatch/unmarshal.ts'
import { decodeXml } from './xml-encoding.ts'

/** A body is no call: not well-formed, or not what XML-RPC wants. */
class XmlRpcError extends Error {
  override readonly name = 'XmlRpcError'
}

interface MethodCall {
  readonly method: string
  readonly params: readonly RpcValue[]
}

/**
 * Reads a call as strictly as a host does: `<methodName>` with a name and `<params>`, which may be empty, must be there
 * (docs/spec/protocol-semantics.md 1.3, 1.4). Nesting costs no stack. Throws XmlRpcError.
 */
export function readMethodCall(body: Uint8Array): MethodCall {
  const reader = new Reader()
  const parser = new SaxesParser({ xmlns: false, position: true })
  parser.on('error', error => {
    throw new XmlRpcError(error.message)
  })
  parser.on('opentag', tag => reader.open(tag.name))
  parser.on('text', text => reader.text(text))
  parser.on('cdata', text => reader.text(text))
  parser.on('closetag', () => reader.close())
  parser.write(decodeXml(body)).close()
  return reader.call()
}

/** What elements hold: these children in this order, or one of them again and again; and how many at least. */
const CONTENT: Readonly<Record<string, { children: readonly string[]; many: boolean; least: number }>> = {
  '': { children: ['methodCall'], many: false, least: 1 },
  methodCall: { children: ['methodName', 'params'], many: false, least: 2 },
  params: { children: ['param'], many: true, least: 0 },
  param: { children: ['value'], many: false, least: 1 },
  array: { children: ['data'], many: false, least: 0 },
  data: { children: ['value'], many: true, least: 0 },
  struct: { children: ['member'], many: true, least: 0 },
  member: { children: ['name', 'value'], many: false, least: 2 },
}

/** An element that is open. */
class Element {
  readonly tag: string
  text = ''
  /** How many elements it has so far. */
  count = 0
  /** What its last value came to. */
  value: RpcValue = null
  name = ''
  readonly items: RpcValue[] = []
  readonly members = new Map<string, RpcValue>()

  constructor(tag: string) {
    this.tag = tag
  }
}

class Reader {
  readonly #root = new Element('')
  readonly #open: Element[] = []

  open(tag: string): void {
    const parent = this.#top()
    const content = CONTENT[parent.tag]
    const expected = content?.children[content.many ? 0 : parent.count]
    const fits = parent.tag === 'value' ? parent.count === 0 && TYPES.has(tag) : tag === expected
    if (!fits) throw new XmlRpcError(`<${tag}> has no place in <${parent.tag}> here`)
    if (parent.tag === 'value') refuseText(parent)
    parent.count++
    this.#open.push(new Element(tag))
  }

  text(text: string): void {
    this.#top().text += text
  }

  close(): void {
    const element = this.#open.pop() ?? this.#root // the parser closes what it opened
    const content = CONTENT[element.tag]
    if (content) refuseText(element)
    if (content && element.count < content.least) throw new XmlRpcError(`<${element.tag}> is not complete`)
    this.#put(element, this.#top())
  }

  call(): MethodCall {
    return { method: this.#root.name, params: this.#root.items }
  }

  #top(): Element {
    return this.#open.at(-1) ?? this.#root
  }

  /** Gives an element that is complete to the one around it. */
  #put(element: Element, parent: Element): void {
    switch (element.tag) {
      case 'methodName':
        if (element.text === '') throw new XmlRpcError('<methodName> is empty')
        this.#root.name = element.text
        return
      case 'param':
        this.#root.items.push(element.value)
        return
      case 'value':
        if (element.count > 0) refuseText(element)
        parent.value = element.count > 0 ? element.value : element.text
        if (parent.tag === 'data') parent.items.push(parent.value)
        return
      case 'data':
        parent.value = element.items
        return
      case 'name':
        parent.name = element.text
        return
      case 'member':
        if (!parent.members.has(element.name)) parent.members.set(element.name, element.value)
        return
      default:
        parent.value = TYPES.get(element.tag)?.(element) ?? null
    }
  }
}

/** The elements that say what type a value is, and what each comes to. */
const TYPES: ReadonlyMap<string, (element: Element) => RpcValue> = new Map([
  ['string', ({ text }) => text],
  ['int', integer],
  ['i4', integer],
  ['i8', integer],
  ['boolean', boolean],
  ['double', ({ text }) => unmarshal(parseType('float'), text) as number], // what that type is here
  ['dateTime.iso8601', ({ text }) => new RpcDate(text)],
  ['base64', ({ text }) => new RpcDate(text)], // no message takes one: like a date that is none, it fits no type
  ['nil', () => null],
  ['array', ({ count, value }) => (count > 0 ? value : [])],
  ['struct', ({ members }) => members],
] satisfies [string, (element: Element) => RpcValue][])

function integer({ text }: Element): bigint {
  const value = parseInt64(text)
  if (value === undefined) throw new XmlRpcError(`${JSON.stringify(text.slice(0, 40))} is no integer`)
  return value
}

/** Hosts take anything that is not false for true. */
function boolean({ text }: Element): boolean {
  if (text === '') throw new XmlRpcError('<boolean> is empty')
  return text !== '0' && text !== 'false'
}

function refuseText({ tag, text }: Element): void {
  if (/[^ \t\r\n]/.test(text)) throw new XmlRpcError(`text has no place in <${tag}> here`)
}
