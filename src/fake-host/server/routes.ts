import type { Answer, Call } from '../dispatch/call.ts'
import { type Conversing, converse } from './cli/index.ts'
import type { Conversation } from './connection.ts'
import { damaged } from './damage.ts'
import { readJsonCall } from './jsonrpc-read.ts'
import { writeJsonResponse } from './jsonrpc-write.ts'
import { errorPage } from './pages.ts'
import type { Request } from './request.ts'
import { preflightResponse, type Response, rpcResponse } from './response.ts'
import { type Thumbprints, thumbprintHeader } from './thumbprint.ts'
import { readMethodCall } from './xmlrpc-read.ts'
import { writeMethodResponse } from './xmlrpc-write.ts'

/** A call as a wire brings it. */
type IncomingCall = Pick<Call, 'method' | 'params' | 'signal'>

type Dispatch = (call: IncomingCall) => Promise<Answer>

/** Answers what is for tests, under /fake/. */
export type Control = (request: Request) => Promise<Response>

/** Who answers what comes in at a listener. */
export interface Service {
  readonly dispatch: Dispatch
  /** Nobody unless given. */
  readonly control?: Control | undefined
  /** Runs the command lines of xe clients, for which there is no route unless it is given. */
  readonly cli?: Omit<Conversing, 'dispatch'> | undefined
  /** Of the coordinator's certificate, where it has one. */
  readonly thumbprints?: (() => Thumbprints | undefined) | undefined
}

type Route = (request: Request, dispatch: Dispatch) => Response | Promise<Response>

/** Handlers by method and path prefix, the longest prefix first (docs/spec/protocol-semantics.md 1.2). */
const routes: ReadonlyMap<string, readonly (readonly [prefix: string, route: Route])[]> = new Map([
  [
    'POST',
    [
      ['/jsonrpc', jsonRpc],
      ['/', xmlRpc],
    ],
  ],
  ['OPTIONS', [['/', ({ headers }) => preflightResponse(headers.get('access-control-request-headers'))]]],
])

/** Answers a request. What goes wrong in a handler is a page too; it never throws. */
export async function route(
  request: Request,
  { dispatch, control, cli, thumbprints }: Service,
): Promise<Response | Conversation> {
  if (control && /^\/fake(\/|$)/.test(request.path)) return control(request)
  if (cli && request.method === 'POST' && request.path.startsWith('/cli'))
    return cliConversation(request, { ...cli, dispatch })
  const handlers = routes.get(request.method)
  if (!handlers) return errorPage(501, `nothing here answers ${request.method}`)
  const found = handlers.find(([prefix]) => request.path.startsWith(prefix))
  if (!found) return errorPage(400, 'a path begins with a slash')
  let answer: Answer | undefined
  const noticing: Dispatch = async call => {
    answer = await dispatch(call)
    return answer
  }
  try {
    const response = await found[1](request, noticing)
    const pinned = {
      ...response,
      headers: [...response.headers, ...thumbprintHeader(request, answer, thumbprints?.())],
    }
    return damaged(pinned, answer?.damage)
  } catch (error) {
    return errorPage(500, error instanceof Error ? error.message : String(error))
  }
}

async function xmlRpc({ body, signal }: Request, dispatch: Dispatch): Promise<Response> {
  const { method, params } = readMethodCall(body)
  return rpcResponse('text/xml', writeMethodResponse(await dispatch({ method, params, signal })))
}

async function jsonRpc({ body, signal }: Request, dispatch: Dispatch): Promise<Response> {
  const call = readJsonCall(body)
  const { method, params } = call
  return rpcResponse('application/json', writeJsonResponse(call, await dispatch({ method, params, signal })))
}

/** The longest command line, in bytes (docs/spec/xe-cli-semantics.md 6.6). */
const LONGEST_COMMAND_LINE = 204_800

function cliConversation({ body }: Request, conversing: Conversing): Response | Conversation {
  if (body.length > LONGEST_COMMAND_LINE) return errorPage(500, 'the command line is too long')
  return { converse: channel => converse(body.toString(), channel, conversing) }
}
