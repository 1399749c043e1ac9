import type { Given } from '../settings.ts'
import { setKey, splitPair } from './client.ts'

/**
 * Reads `~/.xe`: one `key=value` a line. Sets what is a connection setting and returns the other lines as words. Undefined
 * where a line has no `=`, which makes the whole file worthless. docs/spec/xe-cli-semantics.md 1.5.
 */
export function readRcFile(settings: Given, text: string): readonly string[] | undefined {
  const lines = text.split('\n').filter(line => line !== '')
  if (lines.some(line => !line.includes('='))) return undefined
  return lines.filter(line => {
    const [key, value = ''] = splitPair(line)
    return !setKey(settings, key, value)
  })
}
