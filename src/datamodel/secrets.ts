/** Fields whose values are for nobody else, beyond those whose name says so. */
const FIELDS: ReadonlySet<string> = new Set([
  'pool.uefi_certificates',
  'pool.custom_uefi_certificates',
  'host.uefi_certificates',
  'Cluster.cluster_token',
  'VTPM.contents',
  'secret.value',
])

const NAME = /passw|pwd|passphrase|secret|private_?key/i
/** In maps, where any client may have put something of its own. */
const KEY = /passw|pwd|passphrase|secret|credential|private|token|key$/i

/** Whether a field of a class, also of one that this release does not know, holds something like a password. */
export function isSecretField(cls: string, field: string): boolean {
  return FIELDS.has(`${cls}.${field}`) || NAME.test(field)
}

/** Whether a parameter of a message, `class.message`, is something like a password. */
export function isSecretParameter(message: string, parameter: string): boolean {
  return NAME.test(parameter) || (message === 'pool.sync_updates' && parameter.startsWith('token'))
}

/** Whether a map's value under this key is something like a password, by the sound of it. */
export function isSecretKey(key: string): boolean {
  return KEY.test(key)
}
