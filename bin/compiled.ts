import { readFileSync } from 'node:fs'
import { Script } from 'node:vm'

/** How to start a program: what Node hands to a CommonJS file, and a function to import others by. */
export type Start = (require: NodeJS.Require, dirname: string, loader: (path: string) => Promise<unknown>) => void

/**
 * Where the code that V8 made of a program is kept. V8 itself refuses what another release or other flags have made, but knows nothing
 * of the changes that Node makes to it; those are in its name.
 */
export function codePath(program: string): string {
  return `${program}.${process.versions.v8}-${process.arch}.code`
}

/**
 * A built program of ASCII characters, made of the code that is kept of it where there is some, which spares V8 from reading the text.
 * It runs as a `Start`.
 */
export function compiled(program: string): Script {
  const text = readFileSync(program, 'latin1')
  return new Script(`(function (require, __dirname, loader) {${text}\n})`, {
    filename: program,
    cachedData: kept(program),
  })
}

function kept(program: string): Buffer | undefined {
  try {
    return readFileSync(codePath(program))
  } catch {
    return undefined // it was built for another Node
  }
}
