import type { Line, Output } from '../commands/index.ts'
import type { Invocation, Program } from './environment.ts'
import { printed } from './printed.ts'
import { shownSettings } from './shown-settings.ts'
import { knownHostsPath } from './trust/known-hosts.ts'

/** Prints the settings in force and where each comes from. */
export const env: Program = async (invocation, environment) => {
  const rows = rowsOf(invocation, environment.variables)
  const minimal = invocation.parameters.some(([key, value]) => key === 'minimal' && value === 'true')
  const { output: form } = invocation.settings
  const output: Output = { kind: 'records', records: rows.map(recordOf) }
  const isPlain = form === 'xe' && !minimal
  const text = isPlain ? columns(rows) : await printed(output, { name: 'env', minimal, form }, environment)
  environment.stdout.write(text)
  return 0
}

interface Row {
  readonly setting: string
  readonly value: string
  readonly from: string
}

function rowsOf({ settings, origins, added }: Invocation, variables: Variables): readonly Row[] {
  const inForce = shownSettings(settings).map(({ key, name, value }) => ({
    setting: name,
    value,
    from: origins[key] ?? 'default',
  }))
  const words = added.map(({ origin, word }) => ({ setting: 'word', value: masked(word), from: origin }))
  return [...inForce, ...words, knownHosts(variables)]
}

type Variables = Readonly<Record<string, string | undefined>>

function knownHosts(variables: Variables): Row {
  const from = variables.XDG_CONFIG_HOME ? 'XDG_CONFIG_HOME' : 'default'
  return { setting: 'known hosts', value: knownHostsPath(variables), from }
}

/** A word that every command gets may be a session to use, or a parameter that is nobody's business. */
function masked(word: string): string {
  const [, key] = /^([^=]*(?:session_id|pass|secret|token)[^=]*)=./i.exec(word) ?? []
  return key === undefined ? word : `${key}=***`
}

const recordOf = ({ setting, value, from }: Row): readonly Line[] => [
  ['setting', setting],
  ['value', value],
  ['from', from],
]

function columns(rows: readonly Row[]): string {
  const widthOf = (column: 'setting' | 'value'): number => Math.max(...rows.map(row => row[column].length))
  const [first, second] = [widthOf('setting'), Math.min(widthOf('value'), WIDEST)]
  return rows.map(({ setting, value, from }) => `${setting.padEnd(first)}  ${value.padEnd(second)}  ${from}\n`).join('')
}

/** A longer value pushes its source aside, and not those of all the others. */
const WIDEST = 40
