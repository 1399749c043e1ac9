export { shellWords } from './words.ts'
