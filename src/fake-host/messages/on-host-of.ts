import type { Ref } from '../../datamodel/index.ts'
import { type Context, onHost } from '../dispatch/context.ts'

/** The context of the host that a PIF belongs to. Throws HANDLE_INVALID [PIF; ref], HOST_OFFLINE [host]. */
export const onHostOf = (context: Context, pif: Ref<'PIF'>): Context =>
  onHost(context, context.pool.db.get('PIF', pif, 'host'))
