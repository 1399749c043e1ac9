export { type Address, hostAndPort, parseAddress, reachable } from './address.ts'
export { checkIdentity, createIdentity, type Identity, thumbprintsOf } from './certificate.ts'
export { type HttpServer, listen } from './http.ts'
export type { Control } from './routes.ts'
