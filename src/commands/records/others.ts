import { NULL_REF } from '../../datamodel/index.ts'
import { XapiError } from '../../xapi/index.ts'
import type { Session } from '../command.ts'
import { type Struct, struct, text } from '../wire.ts'

/** Something to be known of another object: its uuid, its name, or all of it. */
export interface Want {
  readonly class: string
  readonly ref: string
  readonly what: 'uuid' | 'name_label' | 'record'
}

type Known = { [W in Want['what']]?: (W extends 'record' ? Struct : string) | undefined }

/** What is shown of an object that is not there. */
export const NOT_IN_DATABASE = '<not in database>'

/** Up to this many answers of one class are asked for one by one; more come in a single call for the whole class. */
const FEW = 4

/**
 * Objects that the records on display refer to. xe looks these up in a database of its own process, for free
 * (docs/spec/xe-cli-semantics.md 5); here they cost one call a class, or a few small ones.
 */
export class Others {
  readonly #session: Session
  readonly #known = new Map<string, Map<string, Known>>()
  readonly #complete = new Set<string>()

  constructor(session: Session) {
    this.#session = session
  }

  /** Finds out what is wanted and not known yet. */
  async fetch(wants: Iterable<Want>): Promise<void> {
    const missing = new Map<string, Want[]>()
    for (const want of wants) {
      const known = this.#object(want.class, want.ref)
      if (want.ref === NULL_REF || want.ref === '' || want.what in known || this.#complete.has(want.class)) continue
      known[want.what] = undefined
      const wanted = missing.get(want.class)
      if (wanted) wanted.push(want)
      else missing.set(want.class, [want])
    }
    await Promise.all(
      Array.from(missing, ([cls, wanted]) => (wanted.length > FEW ? this.#all(cls, wanted) : this.#each(wanted))),
    )
  }

  uuid(cls: string, ref: string): string {
    return this.#object(cls, ref).uuid ?? NOT_IN_DATABASE
  }

  name(cls: string, ref: string): string {
    return this.#object(cls, ref).name_label ?? NOT_IN_DATABASE
  }

  record(cls: string, ref: string): Struct | undefined {
    return this.#object(cls, ref).record
  }

  #object(cls: string, ref: string): Known {
    const objects = this.#known.get(cls) ?? new Map<string, Known>()
    const known = objects.get(ref) ?? {}
    this.#known.set(cls, objects.set(ref, known))
    return known
  }

  async #all(cls: string, wanted: readonly Want[]): Promise<void> {
    const records = await answer(this.#session.call(`${cls}.get_all_records`), wanted)
    this.#complete.add(cls)
    if (records === undefined) return
    for (const [ref, value] of struct(records)) {
      const record = struct(value)
      const name = record.get('name_label')
      const known = this.#object(cls, ref)
      known.uuid = text(record.get('uuid') ?? '')
      known.name_label = name === undefined ? undefined : text(name)
      known.record = record
    }
  }

  async #each(wanted: readonly Want[]): Promise<void> {
    await Promise.all(
      wanted.map(async want => {
        const value = await answer(this.#session.call(`${want.class}.get_${want.what}`, want.ref), [want])
        if (value === undefined) return
        const known = this.#object(want.class, want.ref)
        if (want.what === 'record') known.record = struct(value)
        else known[want.what] = text(value)
      }),
    )
  }
}

/**
 * Undefined where there is no such object, or no such class on that host. Metrics that cannot be read for any reason count
 * as absent too (docs/spec/xe-cli-semantics.md 3.3).
 */
async function answer<T>(call: Promise<T>, wanted: readonly Want[]): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (!(error instanceof XapiError)) throw error
    const absent = error.code === 'HANDLE_INVALID' || error.code === 'MESSAGE_METHOD_UNKNOWN'
    if (absent || wanted.every(want => want.what === 'record')) return undefined
    throw error
  }
}
