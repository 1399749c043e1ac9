export { copyOf } from './copy.ts'
export { overHttp } from './over-http.ts'
export { type Neighbour, type Reach, Unintelligible, Unreachable } from './reach.ts'
