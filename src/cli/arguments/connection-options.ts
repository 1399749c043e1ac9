import type { Given, PasswordSource } from '../settings.ts'
import type { OwnOption } from './own-option.ts'

/** The longest that a timer can run. */
const MOST_SECONDS = 2_147_483

const isSeconds = (value: string): boolean => /^\d+(\.\d+)?$/.test(value) && Number(value) <= MOST_SECONDS

const isFingerprint = (value: string): boolean => /^(sha-?256[:=])?([0-9a-f]{2}:?){31}[0-9a-f]{2}$/i.test(value)

function setPassword(settings: Given, kind: PasswordSource['kind'], value: string): boolean {
  settings.passwordFrom = { kind, value }
  return value !== ''
}

/** How to reach a host, whom to trust, and where the password is (docs/command-line.md, Connecting). */
export const connectionOptions: readonly OwnOption[] = [
  {
    name: '--timeout',
    value: 'SECONDS',
    description: 'how long one call may take; 30 unless told, 0 for as long as it likes',
    set(settings, value) {
      settings.timeoutSeconds = Number(value)
      return isSeconds(value)
    },
  },
  {
    name: '--connect-timeout',
    value: 'SECONDS',
    description: 'how much of that may pass until the host is connected to; 10 unless told, 0 for all of it',
    set(settings, value) {
      settings.connectTimeoutSeconds = Number(value)
      return isSeconds(value)
    },
  },
  {
    name: '--retries',
    value: 'NUMBER',
    description: 'how often to ask again, but never to change again, after a lost connection; 1 unless told',
    set(settings, value) {
      settings.retries = Number(value)
      return /^\d{1,2}$/.test(value)
    },
  },
  {
    name: '--follow-coordinator',
    description: "log in at the pool's coordinator where the host is another member",
    set(settings) {
      settings.followCoordinator = true
      return true
    },
  },
  {
    name: '--password-file',
    value: 'FILE',
    description: 'read the password from the first line of this file',
    set: (settings, value) => setPassword(settings, 'file', value),
  },
  {
    name: '--password-fd',
    value: 'NUMBER',
    description: 'read the password from this open file descriptor, up to the end of the line',
    set: (settings, value) => setPassword(settings, 'descriptor', value) && /^\d{1,9}$/.test(value),
  },
  {
    name: '--password-command',
    value: 'COMMAND',
    description: 'let the shell run this, and read the password from the first line that it prints',
    set: (settings, value) => setPassword(settings, 'command', value),
  },
  {
    name: '--ca',
    value: 'FILE',
    description: "trust the certificates in this file (PEM) instead of the system's and those of known hosts",
    set(settings, value) {
      settings.ca = value
      return value !== ''
    },
  },
  {
    name: '--fingerprint',
    value: 'SHA256',
    description: 'trust the certificate with this fingerprint and no other',
    set(settings, value) {
      settings.fingerprint = value
      return isFingerprint(value)
    },
  },
  {
    name: '--trust-new',
    description: 'take the certificate of a host that is not known, without a question, and remember it',
    set(settings) {
      settings.trustNew = true
      return true
    },
  },
  {
    name: '--trust',
    value: 'known|system|anyone',
    variable: 'XE_TUNNEL_TRUST',
    description: "trust known hosts and the system's certificates, the system's only, or anyone as xe does (known)",
    set(settings, value) {
      if (value !== 'known' && value !== 'system' && value !== 'anyone') return false
      settings.trust = value
      return true
    },
  },
  {
    name: '--insecure',
    description: 'do not verify the certificate of the host, and say what that means',
    set(settings) {
      settings.insecure = true
      return true
    },
  },
]
