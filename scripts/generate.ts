import { writeFileSync } from 'node:fs'
import { datamodelTypes } from './datamodel-types.ts'

for (const [name, text] of datamodelTypes()) writeFileSync(new URL(`../src/datamodel/${name}`, import.meta.url), text)
