import { takeSettings } from './arguments/client.ts'
import { extraWords } from './arguments/extra-args.ts'
import { setOwn, splitOwn } from './arguments/own-options.ts'
import { readRcFile } from './arguments/rc-file.ts'
import { Ending } from './ending.ts'
import type { Environment } from './environment.ts'
import { readPasswordFile } from './password-file.ts'
import { type Draft, defaults, type Settings } from './settings.ts'

/** The settings in force, and the words that make up the command. */
export interface CommandLine {
  readonly settings: Settings
  readonly words: readonly string[]
}

/**
 * Reads settings and words from all their sources in the order of docs/spec/xe-cli-semantics.md 1.4, later ones overriding
 * earlier ones. Throws Ending where that settles the matter.
 */
export async function readCommandLine(environment: Environment): Promise<CommandLine> {
  const { variables, words } = environment
  const settings: Draft = { ...defaults, baggage: variables.BAGGAGE }
  const fromFile = rcWords(settings, environment)
  const fromVariable = takeSettings(settings, extraWords(variables.XE_EXTRA_ARGS ?? ''))
  if (variables.TRACEPARENT !== undefined) settings.traceparent = variables.TRACEPARENT
  const typed = takeSettings(settings, words)

  const [file, variable, line] = [splitOwn(fromFile), splitOwn(fromVariable), splitOwn(typed)]
  await setOwn(settings, [...file.own, ...variable.own, ...line.own])

  if (words.includes('--help') || words.includes('-help')) throw new Ending('', 0, true)
  if (settings.passwordFile !== '')
    Object.assign(settings, readPasswordFile(settings.passwordFile, environment.readFile))
  const kept = [...line.rest, ...variable.rest, ...file.rest]
  if (kept.length === 0) throw new Ending('', 0, true)
  return { settings, words: kept }
}

function rcWords(settings: Draft, { variables, readFile, stderr }: Environment): readonly string[] {
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
