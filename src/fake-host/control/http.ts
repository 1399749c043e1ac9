import { jsonForm } from '../../xapi/wire/json-form.ts'
import { FakeHostError } from '../error.ts'
import { toJson } from '../json.ts'
import { DaemonError } from '../network/index.ts'
import type { Request } from '../server/request.ts'
import { jsonResponse, type Response } from '../server/response.ts'
import { readBody } from './bodies.ts'
import { refusal } from './guard.ts'
import { type Controlled, routes } from './routes.ts'

/** Answers a request under /fake/: JSON in, JSON out; what is wrong with it is `{"error": text}`. It never throws. */
export async function controlResponse(controlled: Controlled, request: Request): Promise<Response> {
  const refused = refusal(request)
  if (refused !== undefined) return failure(403, refused)
  const { method, path, body } = request
  const found = find(path)
  const handler = found?.methods[method]
  if (!found) return failure(404, `there is no ${path}; GET /fake/ lists what there is`)
  if (!handler) return failure(405, `${path} takes ${Object.keys(found.methods).join(' and ')}, not ${method}`)
  try {
    const asked = { host: found.host, query: new URLSearchParams(request.query), signal: request.signal }
    const result = await handler(controlled, readBody(body), asked)
    return jsonResponse(200, typeof result === 'string' ? result : jsonText(result ?? {}))
  } catch (error) {
    if (error instanceof FakeHostError || error instanceof DaemonError)
      return failure(400, error.message.split('\n', 1)[0] ?? '')
    return failure(500, error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
}

const jsonText = (value: unknown): string => `${jsonForm({ kind: 'any' }, toJson(value))}\n`

const failure = (status: 400 | 403 | 404 | 405 | 500, error: string): Response =>
  jsonResponse(status, jsonText({ error }))

function find(path: string): { methods: (typeof routes)[string]; host: string } | undefined {
  const [, host, verb] = /^\/fake\/hosts\/([^/]+)\/(stop|start|switch)$/.exec(path) ?? []
  const known = host === undefined ? path : `/fake/hosts/*/${verb}`
  const methods = Object.hasOwn(routes, known) ? routes[known] : undefined
  return methods && { methods, host: decoded(host ?? '') }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
