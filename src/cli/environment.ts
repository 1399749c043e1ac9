import type { Parameters } from '../commands/index.ts'
import type { Transport } from '../xapi/index.ts'
import type { Added, Origins } from './layers.ts'
import type { Settings } from './settings.ts'

/** A stream to print to. Once nobody reads any more, it swallows what is written. */
export interface Writer {
  readonly isTTY: boolean
  /** The size of a terminal, where it is known. */
  readonly columns?: number | undefined
  readonly rows?: number | undefined
  /** Fires once nobody reads any more. */
  readonly closed?: AbortSignal
  write(text: string): void
}

/** A command that talks to no host, such as a fake one that is being served. Resolves to the exit status. */
export type Program = (invocation: Invocation, environment: Environment) => Promise<number>

/** What a user asked a program for. */
export interface Invocation {
  readonly settings: Settings
  readonly parameters: Parameters
  readonly origins: Origins
  /** Words that were not typed, but come from `~/.xe` or XE_EXTRA_ARGS. */
  readonly added: readonly Added[]
}

/**
 * Asks the user on a terminal and resolves to the line that he types, undefined at the end of his input. Nothing of a secret is
 * shown. Throws an Interruption on Ctrl-C.
 */
export type Ask = (question: string, options: { readonly secret?: boolean }) => Promise<string | undefined>

/** Who can be told and asked while a way to a host is looked for. */
export interface Attendant {
  /** The file of known hosts. */
  readonly knownHosts: string
  /** Undefined where there is no terminal. */
  readonly ask: Ask | undefined
  /** Takes whole lines for the user. */
  readonly say: (text: string) => void
  /** The file with the certificates that the system trusts, where somebody has named one (SSL_CERT_FILE). */
  readonly systemFile?: string | undefined
}

/** A way to a host. */
export interface Way extends Transport {
  /** Whoever can open it is trusted as root: nobody needs to be asked for a password. */
  readonly isPrivileged?: boolean
}

/** What is kept for some seconds between commands. Losing it is no loss, so that nothing of it fails. */
interface Cache {
  /** What was written under the key, unless it is older than so many milliseconds. */
  readonly read: (key: string, milliseconds: number) => string | undefined
  readonly write: (key: string, text: string) => void
}

/** Everything outside that a command line can touch, handed in by the composition root. */
export interface Environment {
  /** The name that the program was called by. */
  readonly program: string
  /** The words after the program's name. */
  readonly words: readonly string[]
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly stdout: Writer
  readonly stderr: Writer
  /** The text of a file. Throws where it cannot be read. */
  readonly readFile: (path: string) => string
  /** The text of standard input as it comes, until the signal fires. */
  readonly input: (signal: AbortSignal) => AsyncIterable<string>
  /** Writes a file whole or not at all. Throws where it cannot be written. */
  readonly writeFile: (path: string, text: string) => void
  readonly cache: Cache
  /** Of this program. */
  readonly version: () => string
  /** A way to the host that the settings name. `note` takes lines for `--debug`, none of which holds a secret. */
  readonly open: (settings: Settings, note: (line: string) => void) => Promise<Way>
  /** Undefined where there is no terminal. */
  readonly ask?: Ask | undefined
  /** Fires with an Interruption when the user wants the program to end. */
  readonly signal: AbortSignal
  readonly random: (length: number) => Uint8Array
  /** The commands of src/commands/programs.ts, by name. */
  readonly programs: ReadonlyMap<string, Program>
}

/** Why a program ends before its work is done, and with which exit status (docs/decisions/signals.md). */
export class Interruption extends Error {
  override readonly name = 'Interruption'
  readonly status: number

  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super(signal)
    this.status = signal === 'SIGINT' ? 130 : 143
  }
}
