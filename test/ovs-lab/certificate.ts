import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findProgram, output } from './programs.ts'

/** Why no certificates can be made here; undefined: they can. */
export const noCertificates: string | undefined = findProgram('openssl') ? undefined : 'openssl not found'

/** A certificate that vouches for itself, and its key: the files and what is in them. */
interface Certificate {
  readonly certFile: string
  readonly keyFile: string
  readonly cert: string
  readonly key: string
}

/** Makes a certificate, for either side of a connection, in a folder. */
export async function makeCertificate(folder: string, name: string): Promise<Certificate> {
  const [keyFile, certFile] = [join(folder, `${name}-key.pem`), join(folder, `${name}-cert.pem`)]
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  await output('openssl', ['req', ...kind, '-subj', `/CN=${name}`, '-keyout', keyFile, '-out', certFile])
  return { certFile, keyFile, cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') }
}
