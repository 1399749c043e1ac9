import type { EnumName } from '../../datamodel/enums.gen.ts'
import type { Value } from '../../datamodel/index.ts'
import { XapiError } from '../../xapi/index.ts'
import { canonical, shownValues, truthValues } from '../enumerations.ts'
import { list, struct, text } from '../wire.ts'
import { formatDate } from './dates.ts'
import type { Entries, Shape, Source, Subject } from './field.ts'
import { NOT_IN_DATABASE } from './others.ts'

/** A source that is made of one field of the wire record. */
function recorded<T>(from: string, show: (raw: Value) => T): Source<T> {
  return { from, read: subject => show(subject.record.get(from) ?? '') }
}

/** A string. */
export const scalar = (from: string): Source<string> => recorded(from, text)

export const truth = (from: string): Source<string> => ({
  ...recorded(from, text),
  shape: 'truth',
  choices: truthValues,
})

/** An integer. */
export const whole = (from: string): Source<string> => ({ ...recorded(from, text), shape: 'whole' })

export const date = (from: string): Source<string> => recorded(from, raw => formatDate(text(raw)))

export const choice = (from: string, name: EnumName): Source<string> => ({
  ...recorded(from, raw => canonical(name, raw)),
  choices: shownValues(name),
})

export const set = (from: string, shape: Shape = 'text'): Source<readonly string[]> => ({
  ...recorded(from, raw => list(raw).map(text)),
  shape,
})

export const choices = (from: string, name: EnumName): Source<readonly string[]> =>
  recorded(from, raw => list(raw).map(value => canonical(name, value)))

export const map = (from: string): Source<Entries> =>
  recorded(from, raw => Array.from(struct(raw), ([key, value]) => [key, text(value)]))

/** The kinds of the operations in progress; the keys of the map are tasks. */
export const operations = (from: string, name: EnumName): Source<readonly string[]> =>
  recorded(from, raw => Array.from(struct(raw).values(), value => canonical(name, value)))

/** The uuid of the object referred to. */
export const uuid = (from: string, cls: string): Source<string> => ({
  from,
  wants: raw => [{ class: cls, ref: text(raw), what: 'uuid' }],
  read: ({ record, others }) => others.uuid(cls, text(record.get(from) ?? '')),
  shape: 'reference',
  refersTo: cls,
})

export const uuids = (from: string, cls: string): Source<readonly string[]> => ({
  from,
  wants: raw => list(raw).map(ref => ({ class: cls, ref: text(ref), what: 'uuid' })),
  read: ({ record, others }) => list(record.get(from) ?? []).map(ref => others.uuid(cls, text(ref))),
  shape: 'reference',
  refersTo: cls,
})

/** The name-label of the object referred to. */
export const nameOf = (from: string, cls: string): Source<string> => ({
  from,
  wants: raw => [{ class: cls, ref: text(raw), what: 'name_label' }],
  read: ({ record, others }) => others.name(cls, text(record.get(from) ?? '')),
  shape: 'reference',
  refersTo: cls,
})

/** Names with the uuids of their blobs. */
export const blobs: Source<Entries> = {
  from: 'blobs',
  wants: raw => Array.from(struct(raw).values(), ref => ({ class: 'blob', ref: text(ref), what: 'uuid' })),
  read: ({ record, others }) =>
    Array.from(struct(record.get('blobs') ?? new Map()), ([name, ref]) => [name, others.uuid('blob', text(ref))]),
  shape: 'reference',
  refersTo: 'blob',
}

/** Something that the object's metrics say. */
export const metrics = (
  cls: string,
  show: (field: (name: string) => string) => string,
  shape: Shape = 'reference',
): Source<string> => ({
  from: 'metrics',
  shape,
  refersTo: cls,
  wants: raw => [{ class: cls, ref: text(raw), what: 'record' }],
  read({ record, others }) {
    const measured = others.record(cls, text(record.get('metrics') ?? ''))
    return measured ? show(name => text(measured.get(name) ?? '')) : NOT_IN_DATABASE
  },
})

/** A value that takes calls of its own. */
export const asked = <T>(read: (subject: Subject) => Promise<T>, shape: Shape = 'text'): Source<T> => ({ read, shape })

/** A value that may not be had, for whatever reason. */
export const orUnknown = (source: Source<string>): Source<string> => ({
  ...source,
  async read(subject) {
    try {
      return await source.read(subject)
    } catch (error) {
      if (error instanceof XapiError) return '<unknown>'
      throw error
    }
  },
})

/** KiB per second, from a data source of the object that `owner` refers to, such as `pif_eth0_rx` of a host. */
export const dataRate = (owner: string, cls: string, kind: 'pif' | 'vif', direction: 'rx' | 'tx'): Source<string> =>
  orUnknown({
    from: 'device',
    shape: 'decimal',
    async read({ session, record }) {
      const name = `${kind}_${text(record.get('device') ?? '')}_${direction}`
      const bytes = text(await session.call(`${cls}.query_data_source`, record.get(owner) ?? '', name))
      return (Number(bytes) / 1024).toFixed(3)
    },
  })

/** A set that xe exposes as one text. */
export const joined = (source: Source<readonly string[]>, separator = '; '): Source<string> => {
  const text = (members: readonly string[]): string => members.join(separator)
  return { ...mapped(source, text), parts: { kind: 'set', source, text } }
}

/** A map that xe exposes as one text. */
export const flattened = (source: Source<Entries>): Source<string> => ({
  ...mapped(source, entriesText),
  parts: { kind: 'map', source, text: entriesText },
})

export function entriesText(entries: Entries): string {
  return entries.map(([key, value]) => `${key}: ${value}`).join('; ')
}

/** What another source reads, shown differently. */
export function mapped<T, U>({ parts: _, ...source }: Source<T>, show: (value: T) => U): Source<U> {
  return {
    ...source,
    read(subject) {
      const value = source.read(subject)
      return value instanceof Promise ? value.then(show) : show(value)
    },
  }
}
