/** Where systems keep what they trust in one file: Debian, Red Hat, SUSE, Alpine and macOS, FreeBSD. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
  '/usr/local/share/certs/ca-root-nss.crt',
]

/**
 * The certificates that the operating system trusts, PEM, for `tls.ca`: Node.js goes by a list of its own, which has none of a
 * company's. Undefined where they cannot be found.
 * @param file the file that holds them, where somebody has said so (SSL_CERT_FILE)
 */
export async function systemCertificates(file?: string): Promise<string | undefined> {
  const [tls, { readFile }] = await Promise.all([import('node:tls'), import('node:fs/promises')])
  if (file === undefined && 'getCACertificates' in tls && typeof tls.getCACertificates === 'function') {
    const found: unknown = tls.getCACertificates('system') // of newer releases of Node.js only
    if (Array.isArray(found) && found.length > 0) return found.join('\n')
  }
  for (const path of file === undefined ? BUNDLES : [file]) {
    const text = await readFile(path, 'utf8').catch(() => '')
    if (text.includes('-----BEGIN CERTIFICATE-----')) return text
  }
  return undefined
}
