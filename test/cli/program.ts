import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

const bin = fileURLToPath(new URL('../../bin/xe-tunnel.ts', import.meta.url))
/** The command line that runs this program. */
export const program: readonly string[] = [process.execPath, '--import', 'tsx', bin]

/** Starts this program, in an environment without settings. */
export function start(...words: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
  const [node = '', ...before] = program
  const env = { PATH: process.env.PATH, HOME: '/nonexistent' }
  return spawn(node, [...before, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Runs this program to its end. */
export async function run(...words: readonly string[]): Promise<Ended> {
  const child = start(...words)
  const [[status], stdout, stderr] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)])
  return { status, stdout, stderr }
}
