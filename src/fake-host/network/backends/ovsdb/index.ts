export { createOvsdbStore, type RealSwitch } from './store.ts'
