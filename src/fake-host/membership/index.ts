export { removeHost, welcome } from './arrive.ts'
export { joinPool } from './join.ts'
export { standAlone } from './states.ts'
