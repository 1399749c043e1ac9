import { datamodel, type Parameter, type Type } from '../../datamodel/index.ts'

/** A type as the documentation of XenAPI spells it; of an enumeration the values. */
export function typeName(type: Type): string {
  switch (type.kind) {
    case 'enum':
      return valuesOf(type.name).join('|')
    case 'ref':
    case 'record':
      return `${type.class} ${type.kind}`
    case 'set':
      return `${typeName(type.of)} set`
    case 'option':
      return `${typeName(type.of)} option`
    case 'map':
      return `(${typeName(type.key)} -> ${typeName(type.value)}) map`
    default:
      return type.kind
  }
}

export function valuesOf(enumeration: string): readonly string[] {
  return datamodel().enums.get(enumeration) ?? []
}

/** A parameter as a user has to know it. */
export function describeParameter({ name, type, optional }: Parameter): string {
  return `${name} (${typeName(type)}${optional ? ', optional' : ''})`
}
