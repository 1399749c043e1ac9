import { OvsdbError } from './error.ts'

/** Where a database is: a unix socket, or a port with or without TLS. */
export type OvsdbAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp' | 'ssl'; readonly host: string; readonly port: number }

/** The port that is registered for OVSDB. */
const OVSDB_PORT = 6640

/** Reads `unix:PATH`, `tcp:HOST[:PORT]` or `ssl:HOST[:PORT]`, an IPv6 address in brackets. Throws OvsdbError `usage`. */
export function parseOvsdbAddress(text: string): OvsdbAddress {
  const [, path] = /^unix:(.+)$/s.exec(text) ?? []
  if (path !== undefined) return { kind: 'unix', path }
  const [, kind, bare, v6, digits] =
    /^(tcp|ssl):(?:([^:[\]\s]+)|\[([0-9A-Fa-f:.%\w]+)\])(?::(\d{1,5}))?$/.exec(text) ?? []
  const host = bare ?? v6
  const port = Number(digits ?? OVSDB_PORT)
  if ((kind !== 'tcp' && kind !== 'ssl') || host === undefined || port < 1 || port > 65_535) {
    throw new OvsdbError(
      'usage',
      `${JSON.stringify(text)} is not the address of a database: unix:PATH, tcp:HOST:PORT or ssl:HOST:PORT`,
    )
  }
  return { kind, host, port }
}

/** Reads `punix:PATH`, `ptcp:[PORT][:ADDRESS]` or `pssl:[PORT][:ADDRESS]`. Throws OvsdbError `usage`. */
export function parsePassiveAddress(text: string): OvsdbAddress {
  const [, path] = /^punix:(.+)$/s.exec(text) ?? []
  if (path !== undefined) return { kind: 'unix', path }
  const [, kind, digits, bare, v6] =
    /^p(tcp|ssl):(\d{0,5})(?::(?:([^:[\]\s]+)|\[([0-9A-Fa-f:.%\w]+)\]))?$/.exec(text) ?? []
  const port = digits ? Number(digits) : OVSDB_PORT
  if ((kind !== 'tcp' && kind !== 'ssl') || port > 65_535) {
    throw new OvsdbError(
      'usage',
      `${JSON.stringify(text)} is not an address to listen at: punix:PATH, ptcp:PORT:ADDRESS or pssl:PORT:ADDRESS`,
    )
  }
  return { kind, host: bare ?? v6 ?? '0.0.0.0', port }
}
