export { makeCertificate, noCertificates } from './certificate.ts'
export { addCable, addNamespace, type Namespace } from './netns.ts'
export { describeUnless, noNamespaces, noSwitch } from './skip.ts'
export { eventually, type Switch, startSwitch } from './switch.ts'
