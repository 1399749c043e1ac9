import { takeSettings } from './arguments/client.ts'
import { extraWords } from './arguments/extra-args.ts'
import { misspelled } from './arguments/misspelled.ts'
import { ownVariables, setOwn, splitOwn } from './arguments/own-options.ts'
import { readRcFile } from './arguments/rc-file.ts'
import { Ending } from './ending.ts'
import type { Environment } from './environment.ts'
import { type Added, type Layer, type Origins, overlaid } from './layers.ts'
import { readPasswordFile } from './password-file.ts'
import type { Given, Settings } from './settings.ts'

/** The settings in force, where they come from, and the words that make up the command. */
export interface CommandLine {
  readonly settings: Settings
  readonly origins: Origins
  readonly words: readonly string[]
  /** Those of the words that were not typed. */
  readonly added: readonly Added[]
}

/**
 * Reads settings and words from all their sources in the order of docs/spec/xe-cli-semantics.md 1.4, later ones overriding
 * earlier ones. Throws Ending where that settles the matter.
 */
export async function readCommandLine(environment: Environment): Promise<CommandLine> {
  const { variables, readFile } = environment
  const { words, behind } = behindDashes(environment.words)
  const [file, variable, line]: [Given, Given, Given] = [{}, {}, {}]
  const fromFile = splitOwn(rcWords(file, environment))
  const fromVariable = splitOwn(takeSettings(variable, extraWords(variables.XE_EXTRA_ARGS ?? '')))
  const typed = splitOwn(takeSettings(line, words))
  await setOwn(file, fromFile.own)
  await setOwn(variable, fromVariable.own)
  await setOwn(line, typed.own)
  const layers: Layer[] = [
    { origin: 'BAGGAGE', given: variables.BAGGAGE === undefined ? {} : { baggage: variables.BAGGAGE } },
    { origin: '~/.xe', given: file },
    { origin: 'XE_EXTRA_ARGS', given: variable },
    { origin: 'TRACEPARENT', given: variables.TRACEPARENT === undefined ? {} : { traceparent: variables.TRACEPARENT } },
    ...(await Promise.all(
      ownVariables(variables).map(async ({ variable, words }) => {
        const given: Given = {}
        await setOwn(given, words)
        return { origin: variable, given }
      }),
    )),
    { origin: 'command line', given: line },
  ]

  if (words.includes('--help') || words.includes('-help')) throw new Ending('', 0, true)
  const wrong = await misspelled([...fromVariable.rest.filter(word => word !== '--'), ...typed.rest])
  if (wrong !== undefined) throw new Ending(`Error: ${wrong}\n`, 1)
  const { passwordFile, explain } = overlaid(layers).settings
  if (passwordFile !== '') layers.push({ origin: passwordFile, given: readPasswordFile(passwordFile, readFile) })
  const kept =
    explain === undefined ? [...typed.rest, ...fromVariable.rest, ...fromFile.rest, ...behind] : ['explain', explain]
  if (kept.length === 0) throw new Ending('', 0, true)
  const added = [
    ...fromFile.rest.map(word => ({ origin: '~/.xe', word })),
    ...fromVariable.rest.map(word => ({ origin: 'XE_EXTRA_ARGS', word })),
  ]
  return { ...overlaid(layers), words: kept, added }
}

/** Commands whose words behind `--` are nobody else's to read. */
const verbatim: ReadonlySet<string> = new Set(['api-call'])

function behindDashes(words: readonly string[]): {
  readonly words: readonly string[]
  readonly behind: readonly string[]
} {
  const end = words.indexOf('--')
  if (end < 0 || !words.slice(0, end).some(word => verbatim.has(word))) return { words, behind: [] }
  return { words: words.slice(0, end), behind: words.slice(end) }
}

function rcWords(settings: Given, { variables, readFile, stderr }: Environment): readonly string[] {
  const path = `${variables.HOME ?? ''}/.xe`
  let text: string
  try {
    text = readFile(path)
  } catch {
    return []
  }
  const words = readRcFile(settings, text)
  if (words === undefined) stderr.write(`${path} is ignored: every line of it must read KEY=VALUE.\n`)
  return words ?? []
}
