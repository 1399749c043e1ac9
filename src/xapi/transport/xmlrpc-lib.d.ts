// The parts of xmlrpc 1.3.2 that xmlrpc.ts uses; @types/xmlrpc describes only the package's front.

declare module 'xmlrpc/lib/customtype.js' {
  class CustomType {
    constructor(raw: string)
    serialize(value: CustomType.XmlNode): unknown
  }
  namespace CustomType {
    interface XmlNode {
      ele(name: string): XmlNode
      txt(text: string): XmlNode
    }
  }
  export = CustomType
}

declare module 'xmlrpc/lib/serializer.js' {
  import type CustomType from 'xmlrpc/lib/customtype.js'

  const serializer: { serializeMethodCall(method: string, parameters: readonly CustomType[]): string }
  export = serializer
}

declare module 'xmlrpc/lib/deserializer.js' {
  class Deserializer {
    constructor(encoding?: string)
    parser: { end(text: string): void; readonly _parser: { strict: boolean } }
    /** Values that no array or struct holds yet. */
    stack: unknown[]
    /** The length of the stack at each open array and struct. */
    marks: number[]
    /** True from the opening of a value until something typed closes in it. */
    value: boolean
    responseType: string | null
    deserializeMethodResponse(
      source: { setEncoding(): void; on(): void; pipe(): void },
      callback: (error: Error | null, value?: unknown) => void,
    ): void
    push(value: unknown): void
    onError(error: Error | string): void
    onOpentag(node: { name: string }): void
    onClosetag(name: string): void
    endInt(text: string): void
    endI8(text: string): void
    endDouble(text: string): void
    endBase64(text: string): void
    endDateTime(text: string): void
    endStruct(text: string): void
    endFault(text: string): void
  }
  export = Deserializer
}
