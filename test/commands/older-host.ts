import { readFileSync } from 'node:fs'
import type { Value } from '../../src/datamodel/index.ts'
import { startFakeHost } from '../../src/fake-host/index.ts'
import { memoryTransport, type Transport, XapiError } from '../../src/xapi/index.ts'

interface Since {
  readonly name: string
  readonly since: string
}

interface Raw {
  readonly releases: readonly { readonly codeName: string | null }[]
  readonly classes: Readonly<
    Record<
      string,
      {
        readonly fields: readonly Since[]
        readonly messages: readonly (Since & { readonly params: readonly Value[] })[]
      }
    >
  >
}

const path = new URL('../../src/datamodel/datamodel.json', import.meta.url)
const raw: Raw = JSON.parse(readFileSync(path, 'utf8')) // its shape is checked where the program reads it
const order = new Map(raw.releases.flatMap(({ codeName }, at) => (codeName === null ? [] : [[codeName, at] as const])))

/** Releases from the first one with tunnels on. Later than all of them are those that are told by a version number. */
export const RELEASES: readonly string[] = [...order.keys()].slice([...order.keys()].indexOf('cowley'))

/** A host that knows the fields and messages that there were in a release, and no others. Its objects are those of a new one. */
export async function olderHost(release: string): Promise<Transport & AsyncDisposable> {
  const host = await startFakeHost({ listen: false, seed: 1 })
  const login = await host.dispatch({ method: 'session.login_with_password', params: ['root', 'pw'], origin: 'memory' })
  const session = login.ok ? String(login.value) : ''
  const at = order.get(release) ?? 0
  const isThere = ({ since }: Since): boolean => (order.get(since) ?? Number.POSITIVE_INFINITY) <= at
  const fieldsOf = new Map(
    Object.entries(raw.classes).map(([cls, { fields }]) => [
      cls,
      new Set(fields.filter(isThere).map(({ name }) => name)),
    ]),
  )
  const methods = new Set(
    Object.entries(raw.classes).flatMap(([cls, { messages }]) =>
      messages.filter(isThere).map(({ name }) => `${cls}.${name}`),
    ),
  )

  function cut(cls: string, record: Value): Value {
    const fields = fieldsOf.get(cls)
    return record instanceof Map ? new Map([...record].filter(([field]) => fields?.has(String(field)))) : record
  }

  const inner = memoryTransport(async (method, params) => {
    const answer = await host.dispatch({ method, params, origin: 'memory' })
    return answer.ok ? { ok: true, value: answer.value } : answer
  })
  return {
    ...inner,
    async call(method, [_, ...parameters]) {
      if (!methods.has(method)) throw new XapiError('MESSAGE_METHOD_UNKNOWN', [method])
      const value = await inner.call(method, [session, ...parameters])
      const [cls = '', name = ''] = method.split('.')
      if (name === 'get_record') return cut(cls, value)
      if (!/^get_all_records/.test(name) || !(value instanceof Map)) return value
      return new Map([...value].map(([ref, record]) => [ref, cut(cls, record)]))
    },
    [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
  }
}
