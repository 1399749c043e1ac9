import type { Parameter, Value } from '../../datamodel/index.ts'
import { emptyValue, valueFromJson } from '../database/index.ts'

/** What an optional parameter is when the caller leaves it out. */
export const defaultValue = (parameter: Parameter): Value =>
  parameter.default === undefined ? emptyValue(parameter.type) : valueFromJson(parameter.default)
