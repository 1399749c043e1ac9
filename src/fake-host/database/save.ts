import { type Class, datamodel } from '../../datamodel/index.ts'
import { jsonForm } from '../../xapi/wire/json-form.ts'
import type { Database, Stored } from './database.ts'
import { defaultOf } from './defaults.ts'
import { equalValues } from './equal.ts'
import { impliedDeviceName } from './load.ts'
import { FORMAT } from './snapshot.ts'

/**
 * A pool as a snapshot: classes in datamodel order, references ascending, one object a line. Left out are the classes that no
 * restart leaves (sessions, tasks) and internal fields that say nothing of their own.
 * @param seed where the pool's randomness goes on
 */
export function writeSnapshot(db: Database, seed: number): string {
  const classes = [...datamodel().classes.values()]
    .filter(cls => cls.inDatabase && cls.persistent)
    .map(cls => classText(db, cls))
    .filter(text => text !== '')
  return `{"format":"${FORMAT}","seed":${seed},"objects":{\n${classes.join(',\n')}\n}}\n`
}

function classText(db: Database, cls: Class): string {
  const name = cls.name as Stored // it is in the database
  const rows = [...db.refs(name)].reverse().map(ref => `${JSON.stringify(ref)}:${recordText(db, name, ref)}`)
  return rows.length === 0 ? '' : `${JSON.stringify(name)}:{\n${rows.join(',\n')}\n}`
}

/** One object's record in JSON. */
export function recordText(db: Database, cls: Stored, ref: string): string {
  const { class: model } = db.table(cls)
  const stored = db.stored(cls, ref)
  const deviceName = impliedDeviceName(cls, stored.get('device'))
  const members: string[] = []
  for (const field of model.fields) {
    const value = stored.get(field.name) ?? '' // every field is stored
    const implied = field.name === 'device_name' ? deviceName : undefined
    if (field.internal && equalValues(value, implied ?? defaultOf(field))) continue
    members.push(`${JSON.stringify(field.name)}:${jsonForm(field.type, value)}`)
  }
  return `{${members.join()}}`
}
