import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { FakeHostError, systemReason } from './error.ts'
import { variablesOf } from './export-line.ts'
import { neverActed } from './faults/index.ts'
import type { ServeEnvironment, ServeInvocation } from './serve.ts'
import { readParameters } from './serve-parameters.ts'
import { startFakeHost } from './start.ts'

export interface ExecInvocation extends ServeInvocation {
  /** The program to run and its arguments. */
  readonly command: readonly string[]
}

/** What the command touches outside. */
export interface ExecEnvironment extends Pick<ServeEnvironment, 'stderr' | 'pid' | 'variables' | 'cli' | 'controller'> {
  /** Hears of each signal that is to be passed on. Returns the function that ends it. */
  onSignal(listener: (signal: NodeJS.Signals) => void): () => void
}

/** What a shell says of a program that cannot be run. */
const CANNOT_RUN: Readonly<Record<string, readonly [status: number, reason: string]>> = {
  ENOENT: [127, 'there is no such program'],
  EACCES: [126, 'it may not be run'],
}

/**
 * `fake-host-exec`: runs a program in an environment that leads it to a pool, which lives as long as it does. Resolves to the
 * program's exit status, to 128 and the number of the signal that ended it, or to what a shell says of a program that cannot be
 * run.
 */
export async function fakeHostExec(invocation: ExecInvocation, environment: ExecEnvironment): Promise<number> {
  const { username = 'root', password = 'pw', parameters, command } = invocation
  const say = (text: string) => environment.stderr.write(`fake-host-exec: ${text}\n`)
  const passing = passOn(environment)
  try {
    if (command.length === 0) throw new FakeHostError('a program to run is needed behind --')
    const { background, controller, options } = readParameters(parameters)
    if (background) throw new FakeHostError('background=true is for fake-host-serve')
    const all = { ...options, username, password, cli: environment.cli }
    const host = await startFakeHost(all)
    try {
      for (const warning of host.warnings) say(`warning: ${warning}`)
      await using _ = controller
        ? await (await import('./controller.ts')).startController(host, all, environment.controller, () => {})
        : undefined
      const env = { ...environment.variables, ...Object.fromEntries(variablesOf(host, environment.pid)) }
      return await run(command, env, { passing, say })
    } finally {
      const { unusedFaults } = await host.stop()
      for (const rule of unusedFaults) say(neverActed(rule))
    }
  } catch (error) {
    if (!(error instanceof FakeHostError)) throw error
    say(error.message)
    return 1
  } finally {
    passing.end()
  }
}

/** The signals that go on to the program, once it runs. */
interface Passing {
  child: ChildProcess | undefined
  /** The signal that came before the program ran. */
  early: NodeJS.Signals | undefined
  end(): void
}

function passOn({ onSignal }: ExecEnvironment): Passing {
  const end = onSignal(signal => {
    if (passing.child) passing.child.kill(signal)
    else passing.early ??= signal
  })
  const passing: Passing = { child: undefined, early: undefined, end }
  return passing
}

async function run(
  [program = '', ...words]: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  { passing, say }: { readonly passing: Passing; say(text: string): void },
): Promise<number> {
  if (passing.early) return statusAfter(passing.early)
  const child = spawn(program, words, { env, stdio: 'inherit' })
  passing.child = child
  try {
    const [status, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null] // what it tells
    return status ?? statusAfter(signal)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const [status, reason] = CANNOT_RUN[code] ?? [126, systemReason(error)]
    say(`${program}: ${reason}`)
    return status
  }
}

const statusAfter = (signal: NodeJS.Signals | null): number => 128 + (signal ? constants.signals[signal] : 0)
