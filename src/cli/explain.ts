import { CommandError, type Line } from '../commands/index.ts'
import type { ErrorCode } from '../datamodel/index.ts'
import type { Program } from './environment.ts'
import { complain } from './errors/index.ts'
import { printed } from './printed.ts'

const name = 'explain'

/** Says of error codes what they mean, what their parameters are, and what to do; without a code, which ones there are. */
export const explain: Program = async ({ settings, parameters }, environment) => {
  const codes = parameters.map(([code]) => code).filter(code => code !== 'minimal')
  const minimal = parameters.some(([key, value]) => key === 'minimal' && value === 'true')
  try {
    const { explanations, errorParameters, hintOf } = await import('./errors/code-table.ts')
    const table = { explanations, errorParameters, hintOf }
    const output =
      codes.length > 0
        ? ({ kind: 'records', records: codes.map(code => explained(code, table)), single: true } as const)
        : ({ kind: 'values', values: Object.keys(table.explanations) } as const)
    environment.stdout.write(await printed(output, { name, minimal, form: settings.output }, environment))
    return 0
  } catch (error) {
    await complain(environment, { name, parameters, settings }, error)
    return 1
  }
}

type CodeTable = Omit<typeof import('./errors/code-table.ts'), 'hintFor'>

/** Throws CommandError where there is no such code. */
function explained(given: string, { explanations, errorParameters, hintOf }: CodeTable): readonly Line[] {
  const isKnown = (text: string): text is ErrorCode => Object.hasOwn(explanations, text)
  const code = given.toUpperCase()
  if (!isKnown(code)) throw new CommandError(`there is no error code ${JSON.stringify(given)}; explain alone lists all`)
  const labels = errorParameters[code]
  return [
    ['code', code],
    ['parameters', labels.join(', '), labels],
    ['message', explanations[code]],
    ['hint', hintOf(code) ?? '', hintOf(code) ?? null],
  ]
}
