import { setTimeout as wait } from 'node:timers/promises'
import type { Answer, Call, Damage } from '../dispatch/call.ts'
import { Failure, internalError } from '../dispatch/failure.ts'
import { findMessage, withoutAsync } from '../dispatch/find-message.ts'
import type { Random } from '../random.ts'
import { fits } from './fits.ts'
import { type FaultCount, type FaultRule, WIRE_ACTIONS, type WireAction } from './rule.ts'

export interface FaultsOptions {
  /** Decides about probabilities and delays. Its own, so that faults change nothing else. */
  readonly random: Random
  /** Fires when the pool is no longer needed. */
  readonly ending: AbortSignal
  /** Those that hold from the start; they have been checked. */
  readonly rules?: readonly FaultRule[] | undefined
}

interface Entry {
  readonly rule: FaultRule
  matched: number
  acted: number
}

type Work = (call: Call) => Promise<Answer>

/** The rules about what goes wrong in a pool, in order, and what has come of them. */
export class Faults {
  readonly random: Random
  readonly #ending: AbortSignal
  readonly #initial: { readonly rules: readonly FaultRule[]; readonly seed: number }
  readonly #unused: Set<FaultRule>
  #entries: readonly Entry[]

  constructor({ random, ending, rules = [] }: FaultsOptions) {
    this.random = random
    this.#ending = ending
    this.#initial = { rules, seed: random.seed }
    this.#unused = new Set(rules)
    this.#entries = rules.map(fresh)
  }

  /** The rules that hold, in order. */
  get counts(): readonly FaultCount[] {
    return this.#entries
  }

  /** Rules that ever held and never acted. */
  get unused(): readonly FaultRule[] {
    return [...this.#unused]
  }

  /** Replaces all rules by others, which have been checked. */
  set(rules: readonly FaultRule[]): void {
    this.#entries = []
    this.add(rules)
  }

  /** Adds rules behind those that hold. */
  add(rules: readonly FaultRule[]): void {
    this.#entries = [...this.#entries, ...rules.map(fresh)]
    for (const rule of rules) this.#unused.add(rule)
  }

  /** Back to the rules of the start, counting anew, and to their randomness. */
  reset(): void {
    this.#entries = this.#initial.rules.map(fresh)
    this.random.seed = this.#initial.seed
  }

  /** Answers a call by `work`, with what goes wrong with it. */
  async around(call: Call, work: Work): Promise<Answer> {
    const rule = this.#take(call)
    if (!rule) return work(call)
    const action = WIRE_ACTIONS.find(candidate => rule[candidate] !== undefined)
    return action ? this.#spoil(rule, action, call, work) : this.#delayOrFail(rule, call, work)
  }

  /** The first rule that fits a call and acts on it. */
  #take(call: Call): FaultRule | undefined {
    for (const entry of this.#entries) {
      const { rule } = entry
      const isUnseen = call.origin === 'memory' && WIRE_ACTIONS.some(action => rule[action] !== undefined)
      if (isUnseen || !fits(rule, call)) continue
      entry.matched++
      if (entry.matched <= (rule.skip ?? 0) || entry.acted >= (rule.max ?? Number.POSITIVE_INFINITY)) continue
      if (rule.probability !== undefined && this.random.fraction() >= rule.probability) continue
      entry.acted++
      this.#unused.delete(rule)
      return rule
    }
    return undefined
  }

  async #delayOrFail(rule: FaultRule, call: Call, work: Work): Promise<Answer> {
    const beforeBody = async () => {
      await this.#pause(rule)
      const [code, ...params] = rule.error ?? []
      if (code !== undefined) throw new Failure(code, ...params)
    }
    if (findMessage(withoutAsync(call.method))) return work({ ...call, beforeBody })
    try {
      await beforeBody() // what belongs to no class has no body
      return await work(call)
    } catch (error) {
      if (error instanceof Failure) return { ok: false, error: error.description }
      throw error
    }
  }

  async #spoil(rule: FaultRule, action: WireAction, call: Call, work: Work): Promise<Answer> {
    await this.#pause(rule)
    const isCarriedOut = action === 'truncate' || action === 'garbage' || rule[action] === 'after'
    const answer: Answer = isCarriedOut ? await work(call) : { ok: false, error: NO_ANSWER }
    const damage: Damage = action === 'http' ? { kind: action, status: rule.http ?? 500 } : { kind: action }
    return { ...answer, damage }
  }

  async #pause({ delay_ms: delay = 0, jitter = 0 }: FaultRule): Promise<void> {
    const spread = jitter === 0 ? 0 : jitter * (2 * this.random.fraction() - 1)
    if (delay > 0) await wait(delay * (1 + spread), undefined, { signal: this.#ending }).catch(() => {})
    if (this.#ending.aborted) throw internalError('The host was stopped')
  }
}

const NO_ANSWER = ['INTERNAL_ERROR', 'A fault took the place of the answer'] as const

const fresh = (rule: FaultRule): Entry => ({ rule, matched: 0, acted: 0 })
