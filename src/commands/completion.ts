import type { Description } from './command.ts'

/** Printed by the command line itself. */
export const completionCommands: readonly Description[] = [
  {
    name: 'completion',
    required: [],
    optional: ['program'],
    description: 'Print what makes bash, zsh or fish complete command lines of this program.',
    prints: 'A script for the shell that is named: source it, or put it where the shell looks for such scripts.',
    examples: ['completion bash', 'completion zsh', 'completion fish', 'completion bash program=xe'],
  },
]
