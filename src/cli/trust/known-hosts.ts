import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { CommandError } from '../../commands/index.ts'
import { normalFingerprint } from '../../xapi/index.ts'

/** A host whose certificate somebody has accepted. */
export interface KnownHost {
  /** SHA-256, as `normalFingerprint` writes it. */
  readonly fingerprint: string
  /** The line of the file that says so, from 1. */
  readonly line: number
}

/** Where accepted certificates are kept: one `HOST:PORT SHA256:FINGERPRINT` a line, the last line about a host counting. */
export function knownHostsPath(variables: Readonly<Record<string, string | undefined>>): string {
  return `${variables.XDG_CONFIG_HOME || `${variables.HOME ?? ''}/.config`}/xe-tunnel/known_hosts`
}

/** What the file says of a host, by `host:port`. Throws CommandError where there is a file that cannot be read. */
export function knownHost(path: string, where: string): KnownHost | undefined {
  let known: KnownHost | undefined
  for (const [at, text] of read(path).split('\n').entries()) {
    const [, name, rest = ''] = /^\s*(\S+)\s+(\S+)/.exec(text) ?? []
    if (name?.toLowerCase() !== where.toLowerCase()) continue
    const fingerprint = normalFingerprint(rest)
    if (fingerprint === undefined) throw new CommandError(`${path}, line ${at + 1}: ${rest} is no SHA-256 fingerprint`)
    known = { fingerprint, line: at + 1 }
  }
  return known
}

/**
 * Adds a line about a host. One write to the end of the file: processes that do so at the same time lose nothing of each other,
 * and readers see whole lines. Throws CommandError where it cannot be written.
 */
export function rememberHost(path: string, where: string, fingerprint: string): void {
  const gap = /[^\n]$/.test(read(path)) ? '\n' : ''
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(path, `${gap}${where.toLowerCase()} SHA256:${fingerprint}\n`, { flag: 'a', mode: 0o600, flush: true })
  } catch (error) {
    throw new CommandError(`${path} cannot be written${reason(error)}`)
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return ''
    throw new CommandError(`${path} cannot be read${reason(error)}`)
  }
}

const reason = (error: unknown): string => (error instanceof Error && 'code' in error ? ` (${error.code})` : '')
