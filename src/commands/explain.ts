import type { Description } from './command.ts'

/** Said by the command line itself, which knows the error codes. */
export const explainCommands: readonly Description[] = [
  {
    name: 'explain',
    required: [],
    optional: [],
    words: '[CODE ...]',
    description: 'Say what error codes (CODE ...) mean, what their parameters are, and what to do about them.',
    prints: 'One record for each code, and two empty lines after each record; without a code, all codes.',
    statuses: [
      { status: '0', meaning: 'Every code is known.' },
      { status: '1', meaning: 'A code is not known; nothing is explained then.' },
    ],
    examples: ['explain TRANSPORT_PIF_NOT_CONFIGURED', 'explain --output=json PIF_IS_VLAN'],
  },
]
