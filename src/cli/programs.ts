import type { Program } from './environment.ts'

/** Commands that this program is itself. */
const own: Readonly<Record<string, () => Promise<Program>>> = {
  env: async () => (await import('./env.ts')).env,
  batch: async () => (await import('./batch/index.ts')).batch,
  completion: async () => (await import('./completion/index.ts')).completion,
  explain: async () => (await import('./explain.ts')).explain,
  version: async () => (await import('./version.ts')).version,
}

/** The program of that name, loaded when it is asked for. */
export async function ownProgram(name: string): Promise<Program | undefined> {
  return Object.hasOwn(own, name) ? own[name]?.() : undefined
}
