export type { CliClient, CliRequest, CliServer } from './client.ts'
export { type Conversing, converse } from './conversation.ts'
