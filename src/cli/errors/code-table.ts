// All that is known of error codes: loaded with the first failure, from a file of its own.

export { errorParameters } from '../../datamodel/errors.gen.ts'
export { explanations } from './explanations.ts'
export { hintFor, hintOf } from './hint-for.ts'
