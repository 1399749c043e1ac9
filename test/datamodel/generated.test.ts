import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { datamodelTypes } from '../../scripts/datamodel-types.ts'

it.each([...datamodelTypes()])('src/datamodel/%s is what `npm run generate` writes', (name, text) => {
  expect(readFileSync(new URL(`../../src/datamodel/${name}`, import.meta.url), 'utf8')).toBe(text)
})
