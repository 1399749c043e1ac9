import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { spanned } from './spanned.ts'

/** The commands of a page's example session, and what each is to print. */
function session(page: string): readonly { readonly words: readonly string[]; readonly printed: string }[] {
  const block = /```console\n(.*?)```/s.exec(page)?.[1] ?? ''
  return block
    .split(/^\$ xe-tunnel /m)
    .slice(1)
    .map(part => {
      const [command = '', ...lines] = part.split('\n')
      return { words: command.split(' '), printed: lines.join('\n') }
    })
}

/** Each uuid by its number, in the order in which they appear. */
function numbered(texts: readonly string[]): readonly string[] {
  const known = new Map<string, string>()
  return texts.map(text =>
    text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, uuid => {
      const number = known.get(uuid) ?? `UUID ${known.size + 1}`
      known.set(uuid, number)
      return number
    }),
  )
}

it('the session of docs/tunnel-networks.md happens as it is told', async () => {
  await using pool = await spanned()
  const steps = session(readFileSync('docs/tunnel-networks.md', 'utf8'))
  expect(steps).toHaveLength(5)
  const seen: string[] = []
  for (const { words } of steps) {
    const { stdout, stderr } = await pool.xe(...words)
    seen.push(stdout + stderr)
  }
  expect(numbered(seen)).toEqual(numbered(steps.map(step => step.printed)))
})
