import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Debian keeps the daemons where only root looks. */
const FOLDERS = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin', '/usr/local/sbin']

/** The path of a program, or undefined. */
export function findProgram(name: string): string | undefined {
  return FOLDERS.map(folder => join(folder, name)).find(path => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** Runs a program to its end and returns what it printed, without the last line feed. Throws with what it said. */
export async function output(name: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(findProgram(name) ?? name, args, { timeout: 20_000, encoding: 'utf8' })
  return stdout.trimEnd()
}

/** A program that runs until it is stopped; it does not outlive this process. */
export interface Daemon {
  readonly isRunning: boolean
  /** Sends a signal and waits for the end. */
  stop(signal: NodeJS.Signals): Promise<void>
  /** Waits until it ends by itself, or ends it after 10 s. */
  ended(): Promise<void>
}

/** Tests may be killed, so that nobody stops what they have started. */
const DIES_WITH_US = findProgram('setpriv') ? withPath(['setpriv', '--pdeathsig', 'KILL']) : []

function withPath([name = '', ...args]: readonly string[]): string[] {
  return [findProgram(name) ?? name, ...args]
}

export async function startDaemon(command: readonly string[], env: NodeJS.ProcessEnv): Promise<Daemon> {
  const [program = '', ...args] = [...DIES_WITH_US, ...withPath(command)]
  const child: ChildProcess = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: 'ignore',
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = once(child, 'exit').finally(() => process.off('exit', kill))
  ended.catch(() => {}) // `spawn` below tells
  await once(child, 'spawn')
  const isRunning = () => child.exitCode === null && child.signalCode === null
  const stop = async (signal: NodeJS.Signals) => {
    if (isRunning()) child.kill(signal)
    await ended
  }
  return {
    get isRunning() {
      return isRunning()
    },
    stop,
    async ended() {
      const late = setTimeout(kill, 10_000)
      await ended
      clearTimeout(late)
    },
  }
}
