/** How to reach a host and how to talk to it, from all sources together (docs/spec/xe-cli-semantics.md 1.4). */
export interface Settings {
  /** A name, an address, `[v6]`, several of them between commas, or `fake:` with or without the path of a snapshot. */
  readonly server: string
  /** Undefined: the usual one of the wire. */
  readonly port: number | undefined
  /** Undefined: nobody named one. */
  readonly username: string | undefined
  readonly password: string | undefined
  /** Empty: none. */
  readonly passwordFile: string
  /** Where the password is to be had, read when it is needed. Never set together with `password`. */
  readonly passwordFrom: PasswordSource | undefined
  readonly nossl: boolean
  readonly debug: boolean
  readonly debugOnFail: boolean
  readonly traceparent: string | undefined
  readonly baggage: string | undefined
  /** How long one call may take; 0: for ever. */
  readonly timeoutSeconds: number
  /** How much of that may pass until the host is connected to; 0: all of it. */
  readonly connectTimeoutSeconds: number
  /** How often a call that only reads is made again where the connection was lost. */
  readonly retries: number
  /** Whether to log in at the coordinator that a member of a pool names. */
  readonly followCoordinator: boolean
  /** File with the certificates to trust instead of the system's. */
  readonly ca: string | undefined
  /** Any certificate will do, which is worth a line on stderr. */
  readonly insecure: boolean
  /** The form of what is printed: xe's own, `table`, `json`, `yaml`, `csv`, or one that only some command knows. */
  readonly output: string
  /** Follow a list, and print what changes. */
  readonly watch: boolean
  /** Print the calls that change something instead of making them. */
  readonly dryRun: boolean
  /** Whether a failure ends with a line on what to do next; auto: on a terminal. */
  readonly hints: 'auto' | 'on' | 'off'
  /** The error code to explain, in place of any command. */
  readonly explain: string | undefined
  /** Whom to trust where neither a CA nor a fingerprint is named: known hosts and the system's, the system's, or anyone. */
  readonly trust: 'known' | 'system' | 'anyone'
  /** SHA-256 of the one certificate to trust. */
  readonly fingerprint: string | undefined
  /** Take the certificate of a host that is not known, and remember it. */
  readonly trustNew: boolean
}

/** A place that holds a password, on its first line. */
export interface PasswordSource {
  readonly kind: 'file' | 'descriptor' | 'command'
  /** A path, the number of a file descriptor, or a command for the shell. */
  readonly value: string
}

/** Settings while the sources are being read. */
export type Draft = { -readonly [Name in keyof Settings]: Settings[Name] }

/** What one of the sources says. */
export type Given = Partial<Draft>

export const defaults: Settings = {
  server: '127.0.0.1',
  port: undefined,
  username: undefined,
  password: undefined,
  passwordFile: '',
  passwordFrom: undefined,
  nossl: false,
  debug: false,
  debugOnFail: false,
  traceparent: undefined,
  baggage: undefined,
  timeoutSeconds: 30,
  connectTimeoutSeconds: 10,
  retries: 1,
  followCoordinator: false,
  ca: undefined,
  insecure: false,
  output: 'xe',
  watch: false,
  dryRun: false,
  hints: 'auto',
  explain: undefined,
  trust: 'known',
  fingerprint: undefined,
  trustNew: false,
}
