export { complete } from './complete.ts'
export { completion } from './print-script.ts'
