import type { Failure } from './describe.ts'
import { hints } from './hints.ts'

/**
 * What to do next about a failure; undefined where there is nothing to say. What the hint puts in braces is the label of a
 * parameter, and becomes the uuid, or else the value, that the failure has for it, where a shell leaves it as it is.
 */
export function hintFor({ code, details }: Pick<Failure, 'code' | 'details'>): string | undefined {
  const template = Object.hasOwn(hints, code) ? hints[code] : undefined
  return template?.replace(/\{([^}:]+)(:list)?\}/g, (_, label: string, list: string | undefined) => {
    const value = details.find(detail => detail.label === label)?.value
    const isKnown = value !== undefined && /^(?!OpaqueRef:)[\w.:@\\/+-]+( \(.*\))?$/.test(value)
    if (list) return `${isKnown ? value.toLowerCase().replaceAll('_', '-') : label.toUpperCase()}-list`
    return isKnown ? (/^([\da-f-]{36}) \(/.exec(value)?.[1] ?? value) : placeholder(label)
  })
}

/** A hint without the parameters of a failure: their labels stand for them. */
export function hintOf(code: string): string | undefined {
  return hintFor({ code, details: [] })
}

const placeholder = (label: string): string => label.toUpperCase().replaceAll(' ', '-')
