import { CommandError } from '../commands/index.ts'
import { openTransport, type Transport, TransportError } from '../xapi/index.ts'
import { type Address, addresses } from './address.ts'
import type { Environment } from './environment.ts'
import type { Settings } from './settings.ts'

/** A way to the host that the settings name; a host's own socket comes first where this is that host. */
export async function openHost(
  settings: Settings,
  readFile: Environment['readFile'],
  note: (line: string) => void,
): Promise<Transport> {
  if (!settings.server.startsWith('unix:') && !/^[!-~]+$/.test(settings.server))
    throw new CommandError(`${JSON.stringify(settings.server)} cannot be a host`)
  const places = addresses(settings)
  for (const place of places) {
    note(`Trying ${describe(place)}`)
    const transport = await open(place, settings, readFile)
    if (place === places.at(-1) || (await answers(transport))) return transport
    await transport.close()
  }
  throw new Error('a server has at least one address')
}

function describe(place: Address): string {
  if (place.kind === 'socket') return `the unix socket ${place.path}`
  return `${place.host} port ${place.port} ${place.tls ? 'over TLS' : 'without TLS'}`
}

async function open(place: Address, settings: Settings, readFile: Environment['readFile']): Promise<Transport> {
  const common = { timeoutMs: settings.timeoutSeconds * 1000, headers: headers(settings) }
  if (place.kind === 'socket') return openTransport({ ...common, socketPath: place.path })
  const { host, port } = place
  const tls = place.tls && { verify: !settings.insecure, ca: settings.ca && certificates(settings.ca, readFile) }
  return openTransport({ ...common, host, port, tls })
}

async function answers(transport: Transport): Promise<boolean> {
  try {
    await transport.probe?.()
    return true
  } catch (error) {
    if (error instanceof TransportError) return false
    throw error
  }
}

/** In this order (docs/spec/xe-cli-semantics.md 1.4). */
function headers({ traceparent, baggage }: Settings): Record<string, string> {
  return {
    originator: 'cli',
    ...(traceparent === undefined ? {} : { traceparent: headerValue('traceparent', traceparent) }),
    ...(baggage === undefined ? {} : { baggage: headerValue('BAGGAGE', baggage) }),
  }
}

/** The bytes of a text, each as a character: that is how headers are written. */
function headerValue(name: string, value: string): string {
  const bytes = Buffer.from(value).toString('latin1')
  if (!/^[\t -~\x80-\xff]*$/.test(bytes)) throw new CommandError(`${name} holds a control character`)
  return bytes
}

function certificates(path: string, readFile: Environment['readFile']): string {
  try {
    return readFile(path)
  } catch {
    throw new CommandError(`the certificates in ${path} cannot be read`)
  }
}
