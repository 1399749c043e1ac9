export { batch } from './batch.ts'
