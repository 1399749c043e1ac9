/** What an operator tells the controller by other_config, of networks and, the last, of hosts. */
export const OPTIONS = {
  /** `star` or `mesh`. */
  topology: 'xe-tunnel-topology',
  /** The uuid of the host that is to be the centre. */
  centre: 'xe-tunnel-centre',
  /** `true`: nothing may leave a host in clear. */
  encrypted: 'xe-tunnel-encrypted',
  /** `true`: the host is to be no centre. */
  drained: 'xe-tunnel-drained',
} as const
