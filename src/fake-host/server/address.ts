import { FakeHostError } from '../error.ts'

/** Where to listen: at a port, 0 for a free one, or at a unix socket. */
export type Address = { readonly host: string; readonly port: number } | { readonly path: string }

/** Reads `HOST:PORT`, `[ADDRESS]:PORT` or `unix:PATH`. Throws FakeHostError. */
export function parseAddress(text: string): Address {
  const [, path] = /^unix:(.+)$/s.exec(text) ?? []
  if (path !== undefined) return { path }
  const [, bare, v6, digits] = /^(?:([^:[\]\s]+)|\[([0-9A-Fa-f:.%\w]+)\]):(\d{1,5})$/.exec(text) ?? []
  const host = bare ?? v6
  const port = Number(digits)
  if (host === undefined || !(port <= 65_535)) {
    throw new FakeHostError(
      `${JSON.stringify(text)} is not an address to listen on, such as 127.0.0.1:0 or unix:/run/fake.socket`,
    )
  }
  return { host, port }
}

/** Addresses that mean all of this machine's, and the one of them that a client can use. */
const WILDCARDS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** The address that a client on this machine uses for what listens there. */
export const reachable = (host: string): string => WILDCARDS[host] ?? host

/** `HOST:PORT` as a client writes it, an IPv6 address in brackets. */
export const hostAndPort = (host: string, port: number): string => `${host.includes(':') ? `[${host}]` : host}:${port}`

/** An address in the words of an error. */
export const printAddress = (address: Address): string =>
  'path' in address ? `unix:${address.path}` : hostAndPort(address.host, address.port)
