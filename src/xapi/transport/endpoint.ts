/** How far a host's certificate is believed. */
export interface TlsSettings {
  /** Certificates to trust instead of the system's, PEM. */
  readonly ca?: string | Buffer | undefined
  /**
   * Trust the certificate with this fingerprint alone, or one of these: SHA-256, 64 hexadecimal digits with or without colons
   * between the bytes. Who signed it, for which name and until when does not matter then, unless `ca` is given as well.
   */
  readonly fingerprint?: string | readonly string[] | undefined
  /** False: any certificate will do, which leaves the connection open to whoever sits in between. Default true. */
  readonly verify?: boolean | undefined
}

interface HttpLimits {
  /** How long one call may take as a whole, in milliseconds; 0 for ever. Default 30000. */
  readonly timeoutMs?: number | undefined
  /** How much of that may pass until the host can be talked to, encrypted where the wire is. Default: all of it. */
  readonly connectTimeoutMs?: number | undefined
  /** Sent with every call, beside the wire's own. A host takes 1024 bytes of headers in all. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The longest answer taken. Default 256 MiB. */
  readonly maxAnswerBytes?: number | undefined
}

export interface HostSettings extends HttpLimits {
  /** A name or an address; an IPv6 address may stand in brackets. `:port` behind it outranks `port`. */
  readonly host: string
  /** Default 443 with TLS, 80 without. */
  readonly port?: number | undefined
  /** False: plain HTTP. Default: TLS, the certificate verified. */
  readonly tls?: false | TlsSettings | undefined
}

export interface SocketSettings extends HttpLimits {
  /** Path of a unix socket, such as a host's own /var/lib/xcp/xapi. */
  readonly socketPath: string
}

/** Where a host listens, and the limits of a call to it. */
export type HttpSettings = HostSettings | SocketSettings

export interface Endpoint {
  /** The endpoint in the words of an error: `host:port`, or the path of a socket. */
  readonly where: string
  readonly target: { readonly host: string; readonly port: number } | { readonly socketPath: string }
  readonly tls: TlsSettings | undefined
}

/** The settings with their defaults filled in. */
export function endpointOf(settings: HttpSettings): Endpoint {
  if ('socketPath' in settings) {
    return { where: settings.socketPath, target: { socketPath: settings.socketPath }, tls: undefined }
  }
  const tls = settings.tls === false ? undefined : (settings.tls ?? {})
  const [, bracketed, plain, ownPort] = /^(?:\[(.*)\]|([^:]+))(?::(\d+))?$/.exec(settings.host) ?? []
  const host = bracketed ?? plain ?? settings.host // a bare IPv6 address is none of the two
  const port = ownPort === undefined ? (settings.port ?? (tls ? 443 : 80)) : Number(ownPort)
  return { where: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`, target: { host, port }, tls }
}

/** The endpoint that settings lead to, as `host:port` with the defaults filled in, or the path of a socket. */
export function endpointName(settings: HttpSettings): string {
  return endpointOf(settings).where
}
