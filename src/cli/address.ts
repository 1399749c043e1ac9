import type { Settings } from './settings.ts'

/** A place where the server may be. */
export type Address =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls: boolean }

/** A host's own socket for its command line. */
const SOCKET = '/var/lib/xcp/xapi'

const FAKE = 'fake:'
const UNIX = 'unix:'

/** The path after `fake:`, empty for the usual one; undefined where the server is not an embedded pool. */
export function fakePool(settings: Settings): string | undefined {
  return settings.server.startsWith(FAKE) ? settings.server.slice(FAKE.length) : undefined
}

/** The servers that the settings name, between commas. A path may hold a comma, so one that comes alone is left whole. */
export function serversOf({ server }: Settings): readonly string[] {
  if (server.startsWith(FAKE) || server.startsWith(UNIX)) return [server]
  const names = server.split(',').filter(name => name !== '')
  return names.length === 0 ? [server] : names
}

/** Where to look for a server, the first that can be used being right (docs/spec/xe-cli-semantics.md 6.6). */
export function addresses({ server, port, nossl }: Settings): readonly Address[] {
  if (server.startsWith(UNIX)) return [{ kind: 'socket', path: server.slice(UNIX.length) }]
  if (server === '127.0.0.1')
    return [
      { kind: 'socket', path: SOCKET },
      { kind: 'tcp', host: server, port: port ?? 80, tls: false },
    ]
  return [{ kind: 'tcp', host: server.replace(/^\[(.*)\]$/, '$1'), port: port ?? (nossl ? 80 : 443), tls: !nossl }]
}
