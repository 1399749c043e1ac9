declare module 'xen-api' {
  export interface XapiObject {
    readonly $ref: string
    readonly $type: string
    readonly [field: string]: unknown
  }
  export interface Xapi {
    connect(): Promise<void>
    disconnect(): Promise<void>
    call(method: string, ...params: unknown[]): Promise<unknown>
    callAsync(method: string, ...params: unknown[]): Promise<unknown>
    barrier(ref?: string): Promise<XapiObject | undefined>
    getObjectByRef(ref: string, fallback?: undefined): XapiObject | undefined
    readonly objects: { readonly all: Readonly<Record<string, XapiObject>> }
    readonly objectsFetched: Promise<void>
    on(event: string, listener: (...args: unknown[]) => void): void
  }
  export function createClient(options: {
    url: string
    auth: { user: string; password: string }
    transport?: 'auto' | 'json-rpc' | 'xml-rpc'
    watchEvents?: boolean
    eventPollDelay?: number
  }): Xapi
}
