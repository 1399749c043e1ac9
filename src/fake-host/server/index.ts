export { type HttpServer, listen } from './http.ts'
