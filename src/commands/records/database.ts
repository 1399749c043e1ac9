import { XapiError } from '../../xapi/index.ts'
import { byUuid } from '../calls.ts'
import type { Context, Session } from '../command.ts'
import { CommandError } from '../errors.ts'
import { find, type Parameters } from '../parameters.ts'
import { text } from '../wire.ts'

/**
 * Reads the pool's own database, or the one that `database:vdi-uuid=` or `database:filename=` names, in a session of its
 * own (docs/spec/xe-cli-semantics.md 3.5).
 */
export async function withDatabase<T>(
  context: Context,
  parameters: Parameters,
  look: (session: Session) => Promise<T>,
): Promise<T> {
  const { session } = context
  const vdi = find(parameters, 'database:vdi-uuid')
  const filename = find(parameters, 'database:filename')
  if (vdi === undefined && filename === undefined) return look(session)
  if (vdi !== undefined && filename !== undefined)
    throw new CommandError('database:vdi-uuid and database:filename exclude each other')
  const opened =
    vdi === undefined
      ? session.call('session.create_from_db_file', filename ?? '')
      : session.call('VDI.open_database', await byUuid(session, 'VDI', vdi))
  const other = context.sessionOf(text(await opened))
  try {
    return await look(other)
  } finally {
    await other.call('session.logout').catch(error => {
      if (!(error instanceof XapiError)) throw error
    })
  }
}
