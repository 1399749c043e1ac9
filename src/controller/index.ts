export { fakeDataplane } from './dataplane/fake.ts'
export { createLog } from './loop/log.ts'
export { createController } from './run.ts'
