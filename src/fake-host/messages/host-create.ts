import { datamodel, type Rows, type Value } from '../../datamodel/index.ts'
import { xenDate } from '../clock.ts'
import type { Messages } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'

const SYNTHETIC: Partial<Rows['host']> = {
  API_version_vendor: 'XenSource',
  sched_policy: 'credit',
  supported_bootloaders: ['pygrub', 'eliloader'],
  enabled: false,
}

export const hostCreate: Pick<Messages<'host'>, 'create'> = {
  /** A host that joins the pool; it is live when it has said so. The parameters are named after the fields that they fill. */
  create({ pool: { db, clock }, message }, uuid, ...rest) {
    if (db.hasUuid(uuid)) throw new Failure('INVALID_VALUE', 'uuid', uuid)
    const { apiVersion } = datamodel()
    const values: readonly Value[] = [uuid, ...rest]
    const fields: Partial<Rows['host']> = Object.fromEntries(message.parameters.map(({ name }, i) => [name, values[i]]))
    const metrics = db.create('host_metrics', { live: false, last_updated: xenDate(clock()) })
    const { major, minor } = apiVersion
    return db.create(
      'host',
      { ...SYNTHETIC, ...fields, API_version_major: major, API_version_minor: minor, metrics },
      { uuid },
    )
  },
}
