/**
 * The words of XE_EXTRA_ARGS: between commas that no backslash stands before; empty ones are skipped, and all backslashes
 * then fall away. docs/spec/xe-cli-semantics.md 1.7.
 */
export function extraWords(value: string): readonly string[] {
  return value
    .split(/(?<!\\),/)
    .filter(word => word !== '')
    .map(word => word.replaceAll('\\', ''))
}
