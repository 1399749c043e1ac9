export { fakeDataplane } from './dataplane/fake.ts'
export { ovsdbDataplane } from './dataplane/ovsdb.ts'
export { createLog } from './loop/log.ts'
export { createController } from './run.ts'
