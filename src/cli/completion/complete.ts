import type { Environment } from '../environment.ts'
import { candidates } from './candidates.ts'
import { typingOf } from './for-shell.ts'
import { liveOn } from './live.ts'

/**
 * `__complete SHELL ...`, which the scripts run: prints what may stand at the cursor. Says nothing of what goes wrong. Resolves to the
 * exit status.
 */
export async function complete(environment: Environment): Promise<number> {
  const [, shell = '', ...said] = environment.words
  try {
    const typing = typingOf(shell, said)
    if (!typing) return 1
    const { words, typed, tell } = typing
    environment.stdout.write(tell(await candidates(words, typed, liveOn(environment, words))))
    return 0
  } catch {
    return 1
  }
}
