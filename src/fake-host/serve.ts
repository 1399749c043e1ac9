import { once } from 'node:events'
import { startInBackground } from './background.ts'
import type { StartController } from './controller.ts'
import { FakeHostError } from './error.ts'
import { exportLine } from './export-line.ts'
import { neverActed } from './faults/index.ts'
import { readParameters } from './serve-parameters.ts'
import type { CliServer } from './server/index.ts'
import { type FakeHost, type FakeHostOptions, startFakeHost } from './start.ts'

/** What the command was asked for. */
export interface ServeInvocation {
  /** In the order of the command line. */
  readonly parameters: readonly (readonly [name: string, value: string])[]
  /** Undefined where nobody gave any: root / pw. */
  readonly username: string | undefined
  readonly password: string | undefined
}

/** What the command touches outside. */
export interface ServeEnvironment {
  readonly stdout: { write(text: string): void }
  readonly stderr: { write(text: string): void }
  /** Fires when the server is to stop. */
  readonly signal: AbortSignal
  /** Of this process. */
  readonly pid: number
  /** The command line that runs this program once more, to which `fake-host-serve` and its parameters are added. */
  readonly program: readonly string[]
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Runs the command lines of xe clients. */
  readonly cli?: CliServer | undefined
  /** What `controller=true` starts. */
  readonly controller?: StartController | undefined
}

/**
 * `fake-host-serve`: serves a pool until it is told to stop. Once connections are accepted it prints one line for a shell to
 * eval. With `background=true` another process goes on serving and this one returns. Resolves to the exit status; what a
 * user can put right is one line on stderr and status 1.
 */
export async function fakeHostServe(invocation: ServeInvocation, environment: ServeEnvironment): Promise<number> {
  try {
    const { background, controller, options } = readParameters(invocation.parameters)
    const credentials = { username: invocation.username ?? 'root', password: invocation.password ?? 'pw' }
    exportLine({ ...credentials, host: '', port: 0 }, 0) // refuses what it cannot say before anything begins
    if (background) return await startInBackground(invocation.parameters, credentials, environment)
    return await serve({ ...options, ...credentials, cli: environment.cli }, controller, environment)
  } catch (error) {
    if (!(error instanceof FakeHostError)) throw error
    environment.stderr.write(`fake-host-serve: ${error.message}\n`)
    return 1
  }
}

async function serve(
  options: FakeHostOptions,
  isControlled: boolean,
  { stdout, stderr, signal, pid, controller }: ServeEnvironment,
): Promise<number> {
  await using host: FakeHost = await startFakeHost(options)
  for (const warning of host.warnings) stderr.write(`fake-host-serve: warning: ${warning}\n`)
  const say = (line: string) => stderr.write(`${line}\n`)
  await using controlling = isControlled
    ? await (await import('./controller.ts')).startController(host, options, controller, say)
    : undefined
  stdout.write(exportLine(host, pid))
  if (!signal.aborted) await once(signal, 'abort')
  await controlling?.[Symbol.asyncDispose]()
  const { unusedFaults } = await host.stop()
  for (const rule of unusedFaults) stderr.write(`fake-host-serve: ${neverActed(rule)}\n`)
  return 0
}
