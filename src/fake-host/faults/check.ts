import * as z from 'zod/mini'
import { datamodel } from '../../datamodel/index.ts'
import { checked } from '../check.ts'
import { FakeHostError } from '../error.ts'
import { matches } from './fits.ts'
import { ACTIONS, type FaultRule } from './rule.ts'

const LONGEST_DELAY = 2 ** 31 - 1

const text = z.string().check(z.minLength(1))
const fraction = z.number().check(z.minimum(0), z.maximum(1))
const moment = z.union([z.literal(true), z.literal('before'), z.literal('after')])

const schema = z.strictObject({
  method: z.optional(text),
  class: z.optional(text),
  ref: z.optional(text),
  error: z.optional(z.array(z.string()).check(z.minLength(1))),
  http: z.optional(z.int().check(z.minimum(300), z.maximum(599))),
  reset: z.optional(moment),
  hang: z.optional(moment),
  truncate: z.optional(z.literal(true)),
  garbage: z.optional(z.literal(true)),
  delay_ms: z.optional(z.number().check(z.minimum(0), z.maximum(LONGEST_DELAY))),
  jitter: z.optional(fraction),
  probability: z.optional(fraction),
  skip: z.optional(z.int().check(z.minimum(0))),
  max: z.optional(z.int().check(z.minimum(1))),
})

/** Everything that a rule may say. */
export const ruleKeys: readonly string[] = Object.keys(schema.shape)

/**
 * Rules that came from outside, one or a list of them. Throws FakeHostError where one could never act, or says two things at
 * once.
 * @param name where they come from, for its message
 */
export function checkFaults(given: unknown, name: string): readonly FaultRule[] {
  const rules = Array.isArray(given) ? given : [given]
  return rules.map((rule, i) => {
    const where = rules.length > 1 ? `${name}: rule ${i + 1}` : name
    return sensible(checked(schema, rule, where), where)
  })
}

function sensible(rule: FaultRule, where: string): FaultRule {
  const refuse = (problem: string): never => {
    throw new FakeHostError(`${where}: ${problem}`)
  }
  const actions = ACTIONS.filter(action => rule[action] !== undefined)
  if (actions.length > 1) refuse(`${actions.join(' and ')} cannot both happen`)
  if (actions.length === 0 && rule.delay_ms === undefined)
    refuse(`it does nothing; it needs ${ACTIONS.join(', ')} or delay_ms`)
  if (rule.jitter !== undefined && rule.delay_ms === undefined) refuse('jitter is a part of delay_ms, which is missing')
  if (rule.error?.[0] === '') refuse('error begins with a code, which is not empty')
  const { method } = rule
  if (method !== undefined && !methods().some(known => matches(method, known))) {
    refuse(`no method is called ${JSON.stringify(method)}`)
  }
  if (rule.class !== undefined && !datamodel().classes.has(rule.class)) {
    refuse(`no class is called ${JSON.stringify(rule.class)}`)
  }
  return rule
}

let known: readonly string[] | undefined

/** What a call can be for: messages, those that can be asynchronous once more as that, and what belongs to no class. */
function methods(): readonly string[] {
  known ??= [
    ...[...datamodel().messages.values()].flatMap(({ name, async }) => (async ? [name, `Async.${name}`] : [name])),
    'system.listMethods',
  ]
  return known
}
