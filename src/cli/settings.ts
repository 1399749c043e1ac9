/** How to reach a host and how to talk to it, from all sources together (docs/spec/xe-cli-semantics.md 1.4). */
export interface Settings {
  /** A name, an address, `[v6]`, or `fake:` with or without the path of a snapshot. */
  readonly server: string
  /** Undefined: the usual one of the wire. */
  readonly port: number | undefined
  /** Undefined: nobody named one. */
  readonly username: string | undefined
  readonly password: string | undefined
  /** Empty: none. */
  readonly passwordFile: string
  readonly nossl: boolean
  readonly debug: boolean
  readonly debugOnFail: boolean
  readonly traceparent: string | undefined
  readonly baggage: string | undefined
  /** How long one call may take; 0: for ever. */
  readonly timeoutSeconds: number
  /** File with the certificates to trust instead of the system's. */
  readonly ca: string | undefined
  /** Any certificate will do. */
  readonly insecure: boolean
}

/** Settings while the sources are being read. */
export type Draft = { -readonly [Name in keyof Settings]: Settings[Name] }

export const defaults: Settings = {
  server: '127.0.0.1',
  port: undefined,
  username: undefined,
  password: undefined,
  passwordFile: '',
  nossl: false,
  debug: false,
  debugOnFail: false,
  traceparent: undefined,
  baggage: undefined,
  timeoutSeconds: 30,
  ca: undefined,
  insecure: false,
}
