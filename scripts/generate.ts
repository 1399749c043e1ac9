import { writeFileSync } from 'node:fs'
import { datamodelTypes } from './datamodel-types.ts'
import { fidelity } from './fidelity.ts'
import { manPages } from './man-pages.ts'
import { outputSchema } from './output-schema.ts'

for (const [name, text] of datamodelTypes()) writeFileSync(new URL(`../src/datamodel/${name}`, import.meta.url), text)
for (const [name, text] of await manPages()) writeFileSync(new URL(`../man/${name}`, import.meta.url), text)
writeFileSync(new URL('../schema/output-v1.json', import.meta.url), outputSchema())
writeFileSync(new URL('../docs/fidelity.md', import.meta.url), fidelity())
