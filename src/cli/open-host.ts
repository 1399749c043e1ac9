import { CommandError } from '../commands/index.ts'
import { openTransport, TransportError } from '../xapi/index.ts'
import { type Address, addresses, serversOf } from './address.ts'
import { retrying } from './connection/retrying.ts'
import { roaming } from './connection/roaming.ts'
import type { Attendant, Environment, Way } from './environment.ts'
import type { Settings } from './settings.ts'
import { knownHostsPath } from './trust/known-hosts.ts'
import { openTls } from './trust/open-tls.ts'

/** Nobody to ask, and hosts that are known to nobody. */
const nobody: Attendant = { knownHosts: knownHostsPath({}), ask: undefined, say() {} }

/**
 * A way to the host that the settings name, or to the first of several that can be used; a host's own socket comes first where
 * this is that host. Throws CommandError where the settings make no sense.
 */
export async function openHost(
  settings: Settings,
  readFile: Environment['readFile'],
  note: (line: string) => void,
  attendant: Attendant = nobody,
): Promise<Way> {
  const servers = serversOf(settings)
  for (const server of servers) checkServer(server, servers.length > 1)
  const isTls = servers.some(server => addresses({ ...settings, server }).some(place => 'tls' in place && place.tls))
  if (settings.insecure && isTls) attendant.say(INSECURE)
  const open = (server: string): Promise<Way> => openServer({ ...settings, server }, readFile, note, attendant)
  const [first = ''] = servers
  const isOne = servers.length === 1 && !settings.followCoordinator
  const way = isOne
    ? await open(first)
    : roaming({ servers, open, note, coordinator: settings.followCoordinator ? coordinatorAt : undefined })
  return retrying(way, settings.retries, note)
}

const INSECURE =
  'Warning: with --insecure nobody checks who answers: whoever can get in between reads the password, and can change what is asked and answered.\n'

function checkServer(server: string, isOneOfMany: boolean): void {
  const isFake = isOneOfMany && server.startsWith('fake:')
  if (!isFake && (server.startsWith('unix:') || /^[!-+\--~]+$/.test(server))) return
  throw new CommandError(`${JSON.stringify(server)} cannot be ${isOneOfMany ? 'one of several hosts' : 'a host'}`)
}

/** The coordinator listens at the port by which its member was found, unless the address says another. */
function coordinatorAt(server: string, address: string): string {
  const [port] = /(?<=^[^:]+|\]):\d+$/.exec(server) ?? ['']
  if (/^[^:]+:\d+$|\]:\d+$/.test(address) || port === '') return address
  return address.includes(':') && !address.startsWith('[') ? `[${address}]${port}` : `${address}${port}`
}

async function openServer(
  settings: Settings,
  readFile: Environment['readFile'],
  note: (line: string) => void,
  attendant: Attendant,
): Promise<Way> {
  const places = addresses(settings)
  for (const place of places) {
    note(`Trying ${describe(place)}`)
    const way = await open(place, settings, readFile, attendant)
    if (place === places.at(-1) || (await answers(way))) return way
    await way.close()
  }
  throw new Error('a server has at least one address')
}

function describe(place: Address): string {
  if (place.kind === 'socket') return `the unix socket ${place.path}`
  return `${place.host} port ${place.port} ${place.tls ? 'over TLS' : 'without TLS'}`
}

async function open(
  place: Address,
  settings: Settings,
  readFile: Environment['readFile'],
  attendant: Attendant,
): Promise<Way> {
  const common = {
    timeoutMs: settings.timeoutSeconds * 1000,
    connectTimeoutMs: settings.connectTimeoutSeconds * 1000,
    headers: headers(settings),
  }
  if (place.kind === 'socket') {
    return { ...(await openTransport({ ...common, socketPath: place.path })), isPrivileged: true }
  }
  const { host, port, tls } = place
  if (!tls) return openTransport({ ...common, host, port, tls: false })
  return openTls({ ...common, host, port }, settings, readFile, attendant)
}

async function answers(way: Way): Promise<boolean> {
  try {
    await way.probe?.()
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
