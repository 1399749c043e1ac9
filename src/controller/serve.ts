import { once } from 'node:events'
import { createServer } from 'node:http'
import { metricsOf } from './metrics.ts'
import { ControllerError } from './parameters.ts'
import { statusLines } from './report.ts'
import type { Controller } from './run.ts'

/** Serves `/healthz`, `/metrics` and `/status`. Throws ControllerError where it cannot listen. */
export async function serveStatus(
  listen: { readonly host: string; readonly port: number },
  { reconciler }: Controller,
  now: () => number,
): Promise<AsyncDisposable & { readonly url: string }> {
  const metrics = await metricsOf(reconciler)
  const server = createServer((request, response) => {
    const answer = (status: number, type: string, text: string) => {
      response.writeHead(status, { 'content-type': type }).end(text)
    }
    const path = request.url?.split('?')[0]
    if (request.method !== 'GET' && request.method !== 'HEAD') answer(405, 'text/plain', 'GET only\n')
    else if (path === '/healthz') answer(200, 'text/plain', `${reconciler.leads ? 'leading' : 'standing by'}\n`)
    else if (path === '/metrics') void metrics.text().then(text => answer(200, metrics.contentType, text))
    else if (path === '/status') {
      answer(200, 'text/plain', `${statusLines(reconciler.observed, reconciler.plans, now()).join('\n')}\n`)
    } else answer(404, 'text/plain', '/healthz, /metrics and /status are here\n')
  })
  try {
    server.listen(listen.port, listen.host)
    await once(server, 'listening')
  } catch (error) {
    throw new ControllerError(`listen: ${error instanceof Error ? error.message : String(error)}`)
  }
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : listen.port
  return {
    url: `http://${listen.host.includes(':') ? `[${listen.host}]` : listen.host}:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
