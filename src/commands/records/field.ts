import type { Value } from '../../datamodel/index.ts'
import type { Session } from '../command.ts'
import type { Struct } from '../wire.ts'
import type { Others, Want } from './others.ts'

/** One object that is being shown. */
export interface Subject {
  readonly session: Session
  readonly ref: string
  readonly record: Struct
  /** What is known of the objects that it refers to. */
  readonly others: Others
}

export type Entries = readonly (readonly [key: string, value: string])[]

/** How a field comes to its value. */
export interface Source<T> {
  /** The field of the wire record that it reads; absent where the value does not come from the record. */
  readonly from?: string
  /** What must be known of other objects before `read`. */
  readonly wants?: (raw: Value) => readonly Want[]
  readonly read: (subject: Subject) => T | Promise<T>
  /** What each of its texts stands for; text where absent. */
  readonly shape?: Shape
  /** What a text that xe makes of several values is made of. */
  readonly parts?: Parts
  /** All that it can show, where that is known. */
  readonly choices?: readonly string[]
  /** The class of the other objects that it shows. */
  readonly refersTo?: string
}

/** What a text stands for, which data say and xe's output does not (docs/output.md). */
export type Shape = 'text' | 'truth' | 'whole' | 'decimal' | 'reference'

export type Parts =
  | {
      readonly kind: 'set'
      readonly source: Source<readonly string[]>
      readonly text: (parts: readonly string[]) => string
    }
  | { readonly kind: 'map'; readonly source: Source<Entries>; readonly text: (parts: Entries) => string }

/** Turns a word of the command line into a parameter of a call. `field` is the field's name, for complaints. */
export type Reader = (text: string, field: string, session: Session) => Value | Promise<Value>

export interface Setter {
  readonly method: string
  readonly reads: Reader
}

interface Common {
  readonly name: string
  /** Part of `X-list` when no `params=` is given. */
  readonly listed?: boolean
  /** Never listed; answers to its name in filters and in `param-get`. */
  readonly hidden?: boolean
  readonly deprecated?: boolean
  /** Costs calls of its own, so a list does not compute it. */
  readonly expensive?: boolean
  /** A filter does not tell upper from lower case. */
  readonly ignoresCase?: boolean
  readonly set?: Setter
}

/** A field that can only be shown whole. */
export interface PlainField extends Common {
  readonly kind: 'plain'
  readonly source: Source<string>
}

/** A field whose members can be asked for. */
export interface SetField extends Common {
  readonly kind: 'set'
  readonly source: Source<readonly string[]>
  readonly separator: string
  /** The messages that add and remove a member, and how a member is read. */
  readonly change?: { readonly add: string; readonly remove: string; readonly reads: Reader }
}

/** A field whose keys can be asked for. */
export interface MapField extends Common {
  readonly kind: 'map'
  readonly source: Source<Entries>
  /** The messages that add and remove a key. */
  readonly change?: { readonly add: string; readonly remove: string }
  /** The message that writes a key, whether it is there or not. */
  readonly put?: string
}

export type Field = PlainField | SetField | MapField

/** How xe shows a class: its name in commands, its XenAPI class, and its fields in the order in which they print. */
export interface RecordTable {
  readonly name: string
  readonly class: string
  /** What one object and several are called in descriptions. */
  readonly nouns: readonly [one: string, many: string]
  readonly fields: readonly Field[]
  /** Filters of its list that hold unless the user filters by the same field. */
  readonly presets?: readonly (readonly [field: string, value: string])[]
  /** Finds the objects, where they are not simply all of the class. */
  readonly subjects?: (session: Session) => Promise<readonly Subject[]>
  /** The other classes that finding them looks at. */
  readonly alsoReads?: readonly string[]
}

type Options<F extends Field> = Omit<F, 'kind' | 'name' | 'source' | 'separator'>

export const plain = (name: string, source: Source<string>, options: Options<PlainField> = {}): PlainField => ({
  kind: 'plain',
  name,
  source,
  ...options,
})

export const members = (
  name: string,
  source: Source<readonly string[]>,
  options: Options<SetField> & { readonly separator?: string } = {},
): SetField => ({ kind: 'set', name, source, separator: '; ', ...options })

export const entries = (name: string, source: Source<Entries>, options: Options<MapField> = {}): MapField => ({
  kind: 'map',
  name,
  source,
  ...options,
})

/** docs/spec/xe-cli-semantics.md 3.2. */
function marker(field: Field): string {
  if (field.kind === 'set') return field.change ? '(SRW)' : '(SRO)'
  if (field.kind === 'map') return field.change ? '(MRW)' : '(MRO)'
  return field.set ? '( RW)' : '( RO)'
}

/** What stands left of the colon. */
export function label(field: Field): string {
  return `${field.name} ${marker(field)}${field.deprecated ? ' [DEPRECATED]' : ''}`
}
