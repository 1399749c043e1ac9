import { type CallOptions, type Transport, type Value, XapiError } from '../../src/xapi/index.ts'

type Message = Value | ((parameters: readonly Value[], options: CallOptions) => Value | Promise<Value>)

/** A host that answers these messages and no others, and remembers what was asked. */
export interface Host extends Transport {
  readonly calls: (readonly Value[])[]
  /** The methods asked for. */
  readonly methods: () => readonly Value[]
  isClosed: boolean
}

export function hostWith(messages: Readonly<Record<string, Message>> = {}, more: Partial<Transport> = {}): Host {
  const all: Readonly<Record<string, Message>> = {
    'session.login_with_password': 'OpaqueRef:session',
    'session.logout': '',
    ...messages,
  }
  const host: Host = {
    calls: [],
    isClosed: false,
    methods: () => host.calls.map(([method = '']) => method),
    async call(method, parameters, options = {}) {
      host.calls.push([method, ...parameters])
      const message = all[method]
      if (message === undefined) throw new XapiError('MESSAGE_METHOD_UNKNOWN', [method])
      return typeof message === 'function' ? message(parameters, options) : message
    },
    async close() {
      host.isClosed = true
    },
    ...more,
  }
  return host
}

/** A message that fails with that error description. */
export function fails(code: string, ...parameters: readonly string[]): () => never {
  return () => {
    throw new XapiError(code, parameters)
  }
}

/** A message that does something and then never answers; it ends with the signal's reason when the call is given up. */
export const hangs =
  (first: () => void): Message =>
  (_, { signal }) => {
    first()
    return new Promise((_resolve, reject) => {
      const give = () => reject(signal?.reason)
      if (signal?.aborted) give()
      else signal?.addEventListener('abort', give)
    })
  }
