import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { fidelity } from '../../scripts/fidelity.ts'

it('docs/fidelity.md is what `npm run generate` writes', () => {
  expect(readFileSync(new URL('../../docs/fidelity.md', import.meta.url), 'utf8')).toBe(fidelity())
})
