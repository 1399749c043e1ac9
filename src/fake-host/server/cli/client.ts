import type { Answer, RpcValue } from '../../dispatch/call.ts'

/** What an xe client asks for. */
export interface CliRequest {
  /** The words of its command line as it sent them, a newline between any two, the credentials last. */
  readonly sent: string
  /** Makes a XenAPI call at the host that the client is connected to, as one that came the same way. */
  call(method: string, params: readonly RpcValue[], options?: { readonly signal?: AbortSignal }): Promise<Answer>
  /** So many bytes that nobody can foresee, except who knows the pool's seed. */
  random(length: number): Uint8Array
  /** Fires when the client is gone. */
  readonly signal: AbortSignal
}

/** What an xe client does when it is told to (docs/spec/xe-cli-semantics.md 7.2). */
export interface CliClient {
  /** Writes a line to its standard output. */
  print(line: string): void
  /** Writes to its standard error. */
  printStderr(text: string): void
  /** Writes a line to its standard error, if its user wants to see what goes on. */
  debug(line: string): void
  /** Writes an error's code and parameters to its standard error. */
  error(code: string, parameters: readonly string[]): void
  /** A line of its standard input, without the newline. Throws where there is none. */
  prompt(): Promise<string>
}

/** Runs the command lines of xe clients. Resolves to the exit status that the client is to have. */
export type CliServer = (request: CliRequest, client: CliClient) => Promise<number>
