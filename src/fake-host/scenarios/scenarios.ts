import { FakeHostError } from '../error.ts'
import { SCENARIOS, type ScenarioParameters, type Stage } from './kinds.ts'

/** A scenario under way. */
export interface RunningScenario {
  /** Tells it from others until it is undone. */
  readonly id: string
  readonly name: string
  readonly parameters: ScenarioParameters
}

interface Begun extends RunningScenario {
  readonly undo: () => Promise<void> | void
}

/** What goes wrong in a pool by name, until it is taken back. */
export class Scenarios {
  readonly #stage: Stage
  readonly #running = new Map<string, Begun>()
  #begun = 0

  constructor(stage: Stage) {
    this.#stage = stage
  }

  /** Those under way, in the order in which they began. */
  get running(): readonly RunningScenario[] {
    return [...this.#running.values()].map(({ id, name, parameters }) => ({ id, name, parameters }))
  }

  /** Lets one begin. Throws FakeHostError. */
  async begin(name: string, parameters: ScenarioParameters): Promise<RunningScenario> {
    const kind = Object.hasOwn(SCENARIOS, name) ? SCENARIOS[name] : undefined
    if (!kind) {
      const all = Object.keys(SCENARIOS).join(', ')
      throw new FakeHostError(`there is no scenario ${JSON.stringify(name)}; there are ${all}`)
    }
    const unknown = Object.keys(parameters).find(parameter => !Object.hasOwn(kind.parameters, parameter))
    if (unknown !== undefined) {
      const all = Object.keys(kind.parameters).join(', ')
      throw new FakeHostError(`${name} has no parameter ${JSON.stringify(unknown)}; it has ${all}`)
    }
    const undo = await kind.begin(this.#stage, parameters)
    this.#begun++
    const begun = { id: `${name}-${this.#begun}`, name, parameters, undo }
    this.#running.set(begun.id, begun)
    this.#stage.pool.networks.conditions.changed()
    return { id: begun.id, name, parameters }
  }

  /** Takes one back. Throws FakeHostError. */
  async undo(id: string): Promise<void> {
    const found = this.#running.get(id)
    if (!found) throw new FakeHostError(`no scenario ${JSON.stringify(id)} is under way`)
    this.#running.delete(id)
    await found.undo()
    this.#stage.pool.networks.conditions.changed()
  }

  /** Takes all back, the last one first. */
  async undoAll(): Promise<void> {
    for (const id of [...this.#running.keys()].reverse()) await this.undo(id)
  }

  /** Forgets all of them: the pool has been made what it was. */
  forget(): void {
    this.#running.clear()
    this.#begun = 0
  }
}
