import { type Context, findCommand, isHostCommand } from '../../commands/index.ts'
import { readCommandLine } from '../command-line.ts'
import type { Environment } from '../environment.ts'
import { explanations } from '../errors/explanations.ts'
import { inOpenSession } from '../run.ts'
import type { Settings } from '../settings.ts'
import type { Candidate } from './candidate.ts'
import { scripts } from './scripts.ts'

/** What only the host, or the program as it runs, can tell. Nothing where it cannot be had: whoever completes wants no errors. */
export interface Live {
  /** The uuids of the objects that a list shows, and what people call them. */
  objects(list: string): Promise<readonly Candidate[]>
  /** The values that a field has in a list. */
  field(list: string, name: string): Promise<readonly Candidate[]>
  /** The keys, or members, of the field that a command is about. */
  keys(command: string, given: readonly string[]): Promise<readonly Candidate[]>
  /** Words that a command takes without a name. */
  bare(command: string): readonly string[]
}

/** Fields that tell people which object it is, as far as a class has them. */
const TELLING =
  'name-label,device,host-name-label,vm-name-label,network-name-label,VLAN,tag,mode,address,protocol,status'

/** What tells nobody anything. */
const DULL: ReadonlySet<string> = new Set(['', '-1', '<not in database>', 'active: false'])

/** How long what a host has said is good, in milliseconds. */
const FRESH = 5000

/** How long a host may take, in milliseconds: nobody waits longer for a key to do something. */
const PATIENCE = 3000

type Rows = readonly (readonly string[])[]

/** @param words those that are typed: they name the host, as those of any command */
export function liveOn(environment: Environment, words: readonly string[]): Live {
  /** The first values of the records that a command prints, with those of its other fields. */
  async function rows(command: string, parameters: readonly (readonly [string, string])[]): Promise<Rows> {
    try {
      const settings = await settingsOf(environment, words)
      const key = [settings.server, settings.port, settings.username, command, ...parameters.flat()].join('\n')
      const kept = environment.cache.read(key, FRESH)
      if (kept !== undefined) return JSON.parse(kept) as Rows // written below
      const fresh = await ask(environment, settings, command, parameters)
      environment.cache.write(key, JSON.stringify(fresh))
      return fresh
    } catch {
      return []
    }
  }
  return {
    async objects(list) {
      const all = (await findCommand(list)) ? await rows(list, [['params', `uuid,${TELLING}`]]) : await rows(list, [])
      return all.map(([word = '', ...rest]) => ({ word, description: rest.filter(text => !DULL.has(text)).join(' ') }))
    },
    async field(list, name) {
      const all = await rows(list, [['params', name]])
      return [...new Set(all.flatMap(([value = '']) => (DULL.has(value) ? [] : [value])))].map(word => ({ word }))
    },
    async keys(command, given) {
      const wanted = given.map(word => word.split('=', 2)).filter(([name]) => name === 'uuid' || name === 'param-name')
      if (wanted.length < 2) return []
      const get = command.replace(/-param-\w+$/, '-param-get')
      const [[shown = ''] = []] = await rows(get, wanted.map(([name = '', value = '']) => [name, value] as const)) // biome-ignore format: a call
      return shown.split('; ').map(part => ({ word: part.replace(/: .*$/s, '') }))
    },
    bare(command) {
      if (command === 'completion') return Object.keys(scripts)
      return command === 'explain' ? Object.keys(explanations) : []
    },
  }
}

/** The host of the command line that is being typed, asked with little patience and no questions. */
async function settingsOf(environment: Environment, words: readonly string[]): Promise<Settings> {
  const silent = { ...environment, words: [...words, 'help'], stderr: { isTTY: false, write() {} } }
  const { settings } = await readCommandLine(silent)
  const seconds = PATIENCE / 1000
  return {
    ...settings,
    timeoutSeconds: seconds,
    connectTimeoutSeconds: seconds,
    retries: 0,
    output: 'xe',
    debug: false,
  }
}

async function ask(
  environment: Environment,
  settings: Settings,
  name: string,
  parameters: readonly (readonly [string, string])[],
): Promise<Rows> {
  const signal = AbortSignal.any([environment.signal, AbortSignal.timeout(PATIENCE)])
  const silent = { ...environment, signal, ask: undefined, stderr: { isTTY: false, write() {} } }
  return inOpenSession(silent, settings, () => {}, (_, context) => rowsOf(name, parameters, context)) // biome-ignore format: a call
}

async function rowsOf(
  name: string,
  parameters: readonly (readonly [string, string])[],
  context: Context,
): Promise<Rows> {
  const command = await findCommand(name)
  if (!command) return namesOf(name, context)
  if (!isHostCommand(command)) return []
  const output = await command.run(context, parameters)
  if (output.kind === 'records') return output.records.map(record => record.map(([, value]) => value))
  return output.kind === 'values' ? output.values.map(value => [value]) : []
}

/** Classes that have no list here, such as VMs, by their names. */
async function namesOf(list: string, { session }: Context): Promise<Rows> {
  const { datamodel } = await import('../../datamodel/index.ts')
  const wanted = list.replace(/-list$/, '').replaceAll('-', '_')
  const cls = [...datamodel().classes.keys()].find(name => name.toLowerCase() === wanted)
  const records = cls === undefined ? undefined : await session.call(`${cls}.get_all_records`)
  if (!(records instanceof Map)) return []
  return [...records.values()].flatMap(record => {
    if (!(record instanceof Map) || record.get('is_a_template') === true) return []
    return [[String(record.get('uuid') ?? ''), String(record.get('name_label') ?? '')]]
  })
}
