import type { Output } from '../commands/index.ts'
import type { Environment } from './environment.ts'
import { forms } from './fitting.ts'
import { render } from './output.ts'
import { screenOf } from './screen.ts'

/** How the output of a command is wanted. */
interface Wanted {
  readonly name: string
  readonly minimal: boolean
  readonly form: string
}

/** What a command prints, in xe's form or in the one that was asked for (docs/output.md). */
export async function printed(
  output: Output,
  { name, minimal, form }: Wanted,
  environment: Environment,
): Promise<string> {
  if (minimal || form === 'xe' || !forms.includes(form)) return render(output, minimal)
  const { formatted } = await import('./formats/index.ts')
  return formatted(output, { form, command: name, screen: screenOf(environment) })
}
