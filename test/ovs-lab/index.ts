export { makeCertificate, noCertificates } from './certificate.ts'
export { describeUnless, noSwitch } from './skip.ts'
export { type Switch, startSwitch } from './switch.ts'
