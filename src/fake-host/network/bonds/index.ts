export { dissolveBond, formBond } from './form.ts'
export { checkBondMembers, checkHaLetsBond, primaryOf } from './members.ts'
export { bondProperties, checkBondProperty } from './properties.ts'
export { repairBonds } from './repair.ts'
