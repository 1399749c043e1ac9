import type { Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'

/**
 * The PIFs through which a host's default route and name servers go, out of those that have an address configuration of their
 * own primary type (docs/spec/networking-semantics.md 11.1).
 * @param addressed the host's PIFs that have an IP configuration
 * @param becoming the PIF that is being made the management interface
 */
export function gatewayAndDns(
  db: Database,
  addressed: readonly Ref<'PIF'>[],
  becoming: Ref<'PIF'> | undefined,
): { readonly gateway: Ref<'PIF'> | undefined; readonly dns: Ref<'PIF'> | undefined } {
  const candidates = addressed.filter(pif => {
    const field =
      db.get('PIF', pif, 'primary_address_type') === 'IPv4' ? 'ip_configuration_mode' : 'ipv6_configuration_mode'
    return db.get('PIF', pif, field) !== 'None'
  })
  const choose = (key: string): Ref<'PIF'> | undefined =>
    candidates.find(pif => db.get('PIF', pif, 'other_config').get(key) === 'true') ??
    candidates.find(pif => pif === becoming) ??
    candidates.find(pif => db.get('PIF', pif, 'management')) ??
    candidates[0]
  return { gateway: choose('defaultroute'), dns: choose('peerdns') }
}
