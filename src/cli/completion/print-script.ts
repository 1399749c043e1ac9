import { CommandError } from '../../commands/index.ts'
import type { Program } from '../environment.ts'
import { complain } from '../errors/index.ts'
import { printed } from '../printed.ts'
import { PROGRAM } from '../usage.ts'
import { scripts } from './scripts.ts'

const name = 'completion'

/** Prints the script for a shell. */
export const completion: Program = async ({ settings, parameters }, environment) => {
  try {
    const shells = parameters.filter(([, value]) => value === '').map(([shell]) => shell)
    const [shell = ''] = shells
    const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined
    const known = Object.keys(scripts).join(', ')
    if (!script || shells.length > 1) throw new CommandError(`completion needs the name of a shell: one of ${known}`)
    const program = parameters.find(([key]) => key === 'program')?.[1] ?? PROGRAM
    if (!/^[\w.-]+$/.test(program)) throw new CommandError(`${JSON.stringify(program)} is no name of a program`)
    const output = { kind: 'values', values: [script(program).trimEnd()] } as const
    environment.stdout.write(await printed(output, { name, minimal: false, form: settings.output }, environment))
    return 0
  } catch (error) {
    await complain(environment, { name, parameters, settings }, error)
    return 1
  }
}
