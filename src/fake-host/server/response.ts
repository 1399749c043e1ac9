type Header = readonly [name: string, value: string]

export interface Response {
  readonly status: number
  readonly reason: string
  /** In the order and case in which they are sent; the length and the connection are added. */
  readonly headers: readonly Header[]
  readonly body: string | Buffer
  /** Ends the connection whatever the request said. */
  readonly close?: boolean
  /** Never sent; the connection is cut instead, or in the middle of the body. */
  readonly loss?: 'hang' | 'reset' | 'truncate'
}

const NO_CACHE: Header = ['cache-control', 'no-cache, no-store']
const CROSS_ORIGIN: readonly Header[] = [
  ['Access-Control-Allow-Origin', '*'],
  ['Access-Control-Allow-Headers', 'X-Requested-With'],
]

/** The answer to a call, success or failure (docs/spec/protocol-semantics.md 1.2). */
export const rpcResponse = (contentType: string, body: string): Response => ({
  status: 200,
  reason: 'OK',
  headers: [NO_CACHE, ['content-type', contentType], ...CROSS_ORIGIN],
  body,
})

const REASONS = {
  200: 'OK',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  500: 'Internal Error',
} as const

/** The answer to what is no call, for tests. */
export const jsonResponse = (status: keyof typeof REASONS, body: string): Response => ({
  status,
  reason: REASONS[status],
  headers: [NO_CACHE, ['content-type', 'application/json']],
  body,
})

/** What a browser asks before it sends a call from another site's page. */
export const preflightResponse = (requestedHeaders: string | undefined): Response => ({
  status: 200,
  reason: 'OK',
  headers: [
    NO_CACHE,
    ['Access-Control-Allow-Origin', '*'],
    ['Access-Control-Allow-Headers', [...(requestedHeaders ? [requestedHeaders] : []), 'X-Requested-With'].join(', ')],
    ['Access-Control-Allow-Methods', 'PUT'],
  ],
  body: '',
})

/** A response as bytes. */
export function serialize(response: Response, version: string, keepAlive: boolean): Buffer {
  const body = typeof response.body === 'string' ? Buffer.from(response.body) : response.body
  const own: readonly Header[] = [
    ['content-length', String(body.length)],
    ['connection', keepAlive ? 'keep-alive' : 'close'],
  ]
  const lines = [...own, ...response.headers].map(([name, value]) => `${name}: ${value}\r\n`)
  const head = `HTTP/${version} ${response.status} ${response.reason}\r\n${lines.join('')}\r\n`
  return Buffer.concat([Buffer.from(head, 'latin1'), body])
}
