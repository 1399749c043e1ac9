import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { FakeHostError, systemReason } from './error.ts'
import { extraArgument } from './export-line.ts'
import type { ServeEnvironment, ServeInvocation } from './serve.ts'
import { split } from './serve-parameters.ts'

/**
 * Leaves the serving to another process, in a session of its own, and returns when that accepts connections or has failed:
 * what it printed by then is passed on. The password goes to it in its environment, where others do not see it.
 */
export async function startInBackground(
  parameters: ServeInvocation['parameters'],
  { username, password }: { readonly username: string; readonly password: string },
  { program, variables, stdout, stderr, signal }: ServeEnvironment,
): Promise<number> {
  const [command = '', ...words] = program
  const given = parameters
    .map(split)
    .filter(([name]) => name !== 'background')
    .map(([name, value]) => `${name}=${value}`)
  const child = spawn(command, [...words, 'fake-host-serve', ...given], {
    env: { ...variables, XE_EXTRA_ARGS: [`username=${username}`, `password=${password}`].map(extraArgument).join() },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const stop = () => child.kill()
  signal.addEventListener('abort', stop)
  try {
    const { line, complaints } = await beginning(child)
    stderr.write(complaints)
    stdout.write(line)
    return line === '' ? 1 : 0
  } finally {
    signal.removeEventListener('abort', stop)
    child.stdout.destroy()
    child.stderr.destroy()
    child.unref()
  }
}

/** The first line of a process's output, empty where it ended before, and what it complained about until then. */
async function beginning(
  child: ChildProcessByStdio<null, Readable, Readable>,
): Promise<{ line: string; complaints: string }> {
  let output = ''
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text
  })
  const line = new Promise<void>(resolve => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (output.includes('\n')) resolve()
    })
  })
  try {
    await Promise.race([line, once(child, 'close')])
  } catch (error) {
    throw new FakeHostError(`the server cannot be started: ${systemReason(error)}`)
  }
  await setImmediate() // complaints were written before the line, and may be read after it
  return { line: output.slice(0, output.indexOf('\n') + 1), complaints }
}
