/**
 * Why a tunnel does not work, as `status:error` says it. docs/controller.md has the meaning of each and what helps
 * (docs/spec/open-vswitch.md e, sentence 29).
 */
export const TUNNEL_ERRORS = [
  'KEY_EXHAUSTED',
  'NO_TRANSPORT_IP',
  'NO_ROUTE',
  'OVSDB_UNREACHABLE',
  'BRIDGE_MISSING',
  'DUPLICATE_TUNNEL',
  'OVS_REJECTED',
  'VSWITCHD_DEAD',
  'PEER_DOWN',
  'ENCRYPTION_UNAVAILABLE',
  'HOST_DEAD',
] as const

export type TunnelError = (typeof TUNNEL_ERRORS)[number]
