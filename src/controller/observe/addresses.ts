import type { PIFRecord } from '../../xapi/index.ts'

/** The IPv4 address that a PIF has now. */
export const addressOf4 = ({ IP }: PIFRecord): string | undefined => (IP === '' ? undefined : IP)

/** The first IPv6 address of a PIF that others can reach: they come with the length of their prefix, the link's own first. */
export const addressOf6 = ({ IPv6 }: PIFRecord): string | undefined =>
  IPv6.map(address => address.split('/')[0] ?? '').find(address => address !== '' && !/^fe[89ab]/i.test(address))
