import type { Value } from '../../datamodel/index.ts'
import type { Clock } from '../clock.ts'
import type { Answer, Call, Damage } from '../dispatch/call.ts'
import { findMessage, withoutAsync } from '../dispatch/find-message.ts'
import { type OpenCall, withoutSecrets } from './secrets.ts'

/** A call that came in, for assertions: what is secret in it is left out. */
export interface RecordedCall {
  /** When it came, by the pool's clock: `2024-01-02T03:04:05.678Z`. */
  readonly time: string
  /** As sent. */
  readonly method: string
  /** Without the session. */
  readonly params: readonly Value[]
  /** How long it took, in milliseconds; undefined while it is under way. */
  ms?: number
  /** The error description that it came to, where it failed. */
  error?: readonly string[]
  /** What a fault did to the answer on the wire. */
  damage?: Damage['kind']
}

/** Hears of each call when its answer is there. */
export type CallListener = (call: RecordedCall, answer: Answer, open: OpenCall) => void

/** How many calls are kept at most, and how many characters of their parameters. */
const MOST = { calls: 20_000, characters: 2 ** 24 }

/** The calls that came in, of very many the latest, and how often what was called and failed. */
export class CallHistory {
  /** Oldest first. */
  readonly calls: RecordedCall[] = []
  /** By message; what is none counts as `(unknown)`. */
  readonly methods: Map<string, number> = new Map()
  /** By error code. */
  readonly errors: Map<string, number> = new Map()
  readonly #sizes: number[] = []
  #size = 0
  /** The last moment as a text: many calls share one. */
  #time = { at: Number.NaN, text: '' }
  readonly #clock: Clock
  readonly #onAnswer: CallListener | undefined

  constructor(clock: Clock, onAnswer?: CallListener) {
    this.#clock = clock
    this.#onAnswer = onAnswer
  }

  /** Records a call while `work` answers it. */
  async during(call: Call, work: () => Promise<Answer>): Promise<Answer> {
    const message = findMessage(withoutAsync(call.method))
    const open = withoutSecrets(call, message)
    const recorded: RecordedCall = { time: this.#now(), method: call.method, params: open.params }
    const began = performance.now()
    this.#keep(recorded, open.size)
    count(this.methods, message?.name ?? '(unknown)')
    const answer = await work()
    recorded.ms = Math.round((performance.now() - began) * 1000) / 1000
    if (answer.damage) recorded.damage = answer.damage.kind
    if (!answer.ok) {
      recorded.error = open.error(answer.error)
      count(this.errors, answer.error[0])
    }
    this.#onAnswer?.(recorded, answer, open)
    return answer
  }

  forget(): void {
    this.#drop(this.calls.length)
    this.methods.clear()
    this.errors.clear()
  }

  #keep(call: RecordedCall, size: number): void {
    this.calls.push(call)
    this.#sizes.push(size)
    this.#size += size
    while (this.calls.length > MOST.calls || (this.#size > MOST.characters && this.calls.length > 1)) {
      this.#drop(this.calls.length >> 1)
    }
  }

  /** Forgets the oldest. */
  #drop(count: number): void {
    this.calls.splice(0, count)
    for (const size of this.#sizes.splice(0, count)) this.#size -= size
  }

  #now(): string {
    const at = this.#clock()
    if (at !== this.#time.at) this.#time = { at, text: new Date(at).toISOString() }
    return this.#time.text
  }
}

const count = (counts: Map<string, number>, name: string): unknown => counts.set(name, (counts.get(name) ?? 0) + 1)
