import type { Answer, Call } from '../dispatch/call.ts'
import { errorPage } from './pages.ts'
import type { Request } from './request.ts'
import { preflightResponse, type Response, rpcResponse } from './response.ts'
import { readMethodCall } from './xmlrpc-read.ts'
import { writeMethodResponse } from './xmlrpc-write.ts'

export type Dispatch = (call: Call) => Promise<Answer>

type Route = (request: Request, dispatch: Dispatch) => Response | Promise<Response>

/** Handlers by method and path prefix, the longest prefix first (docs/spec/protocol-semantics.md 1.2). */
const routes: ReadonlyMap<string, readonly (readonly [prefix: string, route: Route])[]> = new Map([
  [
    'POST',
    [
      ['/jsonrpc', () => errorPage(501, 'JSON-RPC is not served here, XML-RPC is')],
      ['/', xmlRpc],
    ],
  ],
  ['OPTIONS', [['/', ({ headers }) => preflightResponse(headers.get('access-control-request-headers'))]]],
])

/** Answers a request. What goes wrong in a handler is a page too; it never throws. */
export async function route(request: Request, dispatch: Dispatch): Promise<Response> {
  const handlers = routes.get(request.method)
  if (!handlers) return errorPage(501, `nothing here answers ${request.method}`)
  const found = handlers.find(([prefix]) => request.path.startsWith(prefix))
  if (!found) return errorPage(400, 'a path begins with a slash')
  try {
    return await found[1](request, dispatch)
  } catch (error) {
    return errorPage(500, error instanceof Error ? error.message : String(error))
  }
}

async function xmlRpc({ body }: Request, dispatch: Dispatch): Promise<Response> {
  const { method, params } = readMethodCall(body)
  return rpcResponse('text/xml', writeMethodResponse(await dispatch({ method, params, origin: 'tcp' })))
}
