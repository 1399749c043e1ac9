export { serveClient } from './serve.ts'
