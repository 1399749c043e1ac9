import { byUuid } from '../calls.ts'
import type { Session } from '../command.ts'
import { missingParameter } from '../errors.ts'
import { type Parameters, required } from '../parameters.ts'
import { struct } from '../wire.ts'
import type { Field, RecordTable, Subject } from './field.ts'
import { Others } from './others.ts'
import { fieldNamed } from './target.ts'

/** Reads the object that a `param-*` command is about. */
export async function subjectOf(session: Session, table: RecordTable, ref: string): Promise<Subject> {
  const record = struct(await session.call(`${table.class}.get_record`, ref))
  return { session, ref, record, others: new Others(session) }
}

/** The object that `uuid=` names and the field that `param-name=` names, complained about in this order. */
export async function named(session: Session, table: RecordTable, parameters: Parameters): Promise<[string, Field]> {
  const ref = await byUuid(session, table.class, required(parameters, 'uuid'))
  const name = required(parameters, 'param-name')
  const field = fieldNamed(table, name)
  if (!field) throw missingParameter(name)
  return [ref, field]
}
