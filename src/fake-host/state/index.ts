export { readText, settle, writeWhole } from './files.ts'
export { Keeper } from './keeper.ts'
export { acquireLock, type Lock } from './lock.ts'
export { readState, type SavedState } from './saved.ts'
