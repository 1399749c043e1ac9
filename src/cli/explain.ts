import { CommandError, type Line, type Output } from '../commands/index.ts'
import { errorParameters } from '../datamodel/errors.gen.ts'
import type { ErrorCode } from '../datamodel/index.ts'
import type { Program } from './environment.ts'
import { explanations } from './errors/explanations.ts'
import { hintOf } from './errors/hint-for.ts'
import { complain } from './errors/index.ts'
import { printed } from './printed.ts'

const name = 'explain'

/** Says of error codes what they mean, what their parameters are, and what to do; without a code, which ones there are. */
export const explain: Program = async ({ settings, parameters }, environment) => {
  const codes = parameters.map(([code]) => code).filter(code => code !== 'minimal')
  const minimal = parameters.some(([key, value]) => key === 'minimal' && value === 'true')
  try {
    const output =
      codes.length > 0 ? ({ kind: 'records', records: codes.map(explained), single: true } as const) : everyCode
    environment.stdout.write(await printed(output, { name, minimal, form: settings.output }, environment))
    return 0
  } catch (error) {
    await complain(environment, { name, parameters, settings }, error)
    return 1
  }
}

const everyCode: Output = { kind: 'values', values: Object.keys(explanations) }

/** Throws CommandError where there is no such code. */
function explained(given: string): readonly Line[] {
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

function isKnown(text: string): text is ErrorCode {
  return Object.hasOwn(explanations, text)
}
