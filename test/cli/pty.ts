import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'

/** Whether there is a program to make terminals with. */
export const hasPty: boolean = spawnSync('script', ['--version']).status === 0

/** What the user types, each text once what stands before it has been seen. */
export type Typing = readonly (readonly [seen: string, typed: string])[]

/**
 * Runs a command of the shell on a terminal of its own and types at it. Resolves to all that was on the screen, and the exit status.
 */
export async function onTerminal(
  command: string,
  typing: Typing,
  variables: Readonly<Record<string, string>>,
): Promise<{ screen: string; status: number }> {
  const env = { PATH: process.env.PATH, TERM: 'xterm', SHELL: '/bin/sh', ...variables }
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const left = [...typing]
  let screen = ''
  let seen = 0
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text
    for (let next = left[0]; next; next = left[0]) {
      const at = screen.indexOf(next[0], seen)
      if (at < 0) return
      seen = at + next[0].length
      child.stdin.write(next[1])
      left.shift()
    }
  })
  const [status] = await once(child, 'close')
  return { screen: screen.replaceAll('\r', ''), status }
}
