import type { MemoryAnswer } from '../../src/xapi/index.ts'
import { httpServer, type Respond, type TestServer } from './servers.ts'

export interface JsonHost extends TestServer {
  readonly calls: (readonly [method: string, ...parameters: unknown[]])[]
}

/** A handler that sends one body, as application/json, whatever is asked. */
export const alwaysJson =
  (body: string): Respond =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(body)
  }

/** A host that speaks JSON-RPC 2.0. It leaves a call without an answer where it is given none. */
export async function jsonHost(
  answer: (method: string, parameters: readonly unknown[]) => MemoryAnswer | undefined,
  start: (respond: Respond) => Promise<TestServer> = httpServer,
): Promise<JsonHost> {
  const calls: [string, ...unknown[]][] = []
  const server = await start((request, response) => {
    const { method, params, id } = JSON.parse(request.body)
    calls.push([method, ...params])
    const given = answer(method, params)
    if (!given) return
    const [code, ...data] = given.ok ? [] : given.error
    const outcome = given.ok ? { result: given.value ?? '' } : { error: { code: 1, message: code, data } }
    alwaysJson(JSON.stringify({ jsonrpc: '2.0', ...outcome, id }))(request, response)
  })
  return Object.assign(server, { calls })
}
