import type { KeyRange, Topology } from './model.ts'

/** What a user can put right; one line. */
export class ControllerError extends Error {
  override readonly name = 'ControllerError'
}

/** What the commands of the controller are asked for. */
export interface ControllerParameters {
  readonly dataplane: 'fake' | 'ovsdb'
  /** Where the switches' databases are, with %h, %n and %u for a host's address, name and uuid; or `pssl`. */
  readonly ovsdb: string
  readonly tls: TlsFiles
  readonly fake: string | undefined
  readonly keys: KeyRange
  readonly topology: Topology
  readonly bfdIntervalMs: number
  readonly resyncMs: number
  readonly listen: { readonly host: string; readonly port: number } | undefined
  readonly json: boolean
  /** Whether each port is worth a line. xe's own `debug` is another thing. */
  readonly verbose: boolean
  readonly watch: boolean
}

/** Names of PEM files, and what else says whom to trust. */
interface TlsFiles {
  readonly key: string | undefined
  readonly cert: string | undefined
  readonly ca: string | undefined
  readonly fingerprint: string | undefined
}

const KNOWN = [
  'dataplane',
  'ovsdb',
  'ovsdb-key',
  'ovsdb-cert',
  'ovsdb-ca',
  'ovsdb-fingerprint',
  'fake',
  'keys',
  'topology',
  'bfd',
  'resync',
  'listen',
  'log',
  'verbose',
  'watch',
] as const

/** Reads the parameters; of several with one name the first counts. Throws ControllerError. */
export function readParameters(
  parameters: readonly (readonly [name: string, value: string])[],
  variables: Readonly<Record<string, string | undefined>>,
): ControllerParameters {
  const given = new Map(parameters.map(split).reverse())
  for (const name of given.keys()) {
    if (!(KNOWN as readonly string[]).includes(name)) {
      throw new ControllerError(`there is no parameter ${JSON.stringify(name)}; there are ${KNOWN.join(', ')}`)
    }
  }
  const ovsdb = given.get('ovsdb') ?? ''
  if (!given.has('dataplane') && ovsdb === '') {
    throw new ControllerError('where are the switches? dataplane=fake or ovsdb=ADDRESS is needed')
  }
  const dataplane = choice('dataplane', given.get('dataplane') ?? 'ovsdb', ['fake', 'ovsdb'])
  if (dataplane === 'ovsdb' && ovsdb === '') throw new ControllerError('dataplane=ovsdb needs ovsdb=ADDRESS')
  const fake = given.get('fake') ?? variables.XE_TUNNEL_FAKE_URL
  if (dataplane === 'fake' && (fake === undefined || !URL.canParse(fake))) {
    throw new ControllerError('dataplane=fake needs fake=URL of a fake host, or XE_TUNNEL_FAKE_URL')
  }
  const log = choice('log', given.get('log') ?? 'text', ['text', 'json'])
  return {
    dataplane,
    ovsdb,
    tls: {
      key: given.get('ovsdb-key'),
      cert: given.get('ovsdb-cert'),
      ca: given.get('ovsdb-ca'),
      fingerprint: given.get('ovsdb-fingerprint'),
    },
    fake,
    keys: keyRange(given.get('keys') ?? '1-16777215'),
    topology: choice('topology', given.get('topology') ?? 'star', ['star', 'mesh']),
    bfdIntervalMs: integer('bfd', given.get('bfd') ?? '300', 50, 60_000),
    resyncMs: integer('resync', given.get('resync') ?? '60', 1, 86_400) * 1000,
    listen: listenAddress(given.get('listen')),
    json: log === 'json',
    verbose: truth('verbose', given.get('verbose')),
    watch: truth('watch', given.get('watch')),
  }
}

/** A parameter that was typed as `--log=json` comes with all of that as its name. */
function split([name, value]: readonly [name: string, value: string]): readonly [name: string, value: string] {
  const at = name.indexOf('=')
  return at < 0 ? [name, value] : [name.slice(0, at), name.slice(at + 1)]
}

function keyRange(text: string): KeyRange {
  const [, first, last] = /^(\d{1,10})-(\d{1,10})$/.exec(text) ?? []
  const range = { first: Number(first), last: Number(last) }
  if (first === undefined || range.first < 1 || range.last > 2 ** 32 - 1 || range.first > range.last) {
    throw new ControllerError(`keys=${text}: FIRST-LAST is needed, from 1 to 4294967295`)
  }
  return range
}

function choice<const T extends string>(name: string, value: string, choices: readonly T[]): T {
  const found = choices.find(its => its === value)
  if (found === undefined) throw new ControllerError(`${name}=${value}: ${choices.join(' or ')} is needed`)
  return found
}

function integer(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= least && value <= most)) {
    throw new ControllerError(`${name}=${text}: an integer from ${least} to ${most} is needed`)
  }
  return value
}

function truth(name: string, text = 'false'): boolean {
  if (!['true', 'false'].includes(text)) throw new ControllerError(`${name}=${text}: true or false is needed`)
  return text === 'true'
}

function listenAddress(text: string | undefined): ControllerParameters['listen'] {
  if (text === undefined) return undefined
  const [, v6, name, port] = /^(?:\[([\da-f:.]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(text) ?? []
  const host = v6 ?? name
  if (host === undefined || Number(port) > 65_535) throw new ControllerError(`listen=${text}: HOST:PORT is needed`)
  return { host, port: Number(port) }
}
