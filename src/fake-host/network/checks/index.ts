export * from './addresses.ts'
export * from './networks.ts'
export * from './pifs.ts'
export * from './stacking.ts'
