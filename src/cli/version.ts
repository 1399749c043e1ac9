import type { Program } from './environment.ts'
import { printed } from './printed.ts'

/** Prints the version of the program. */
export const version: Program = async ({ settings }, environment) => {
  const output = { kind: 'values', values: [environment.version()] } as const
  environment.stdout.write(
    await printed(output, { name: 'version', minimal: false, form: settings.output }, environment),
  )
  return 0
}
