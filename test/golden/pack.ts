import { readFileSync } from 'node:fs'

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

export interface Answer {
  readonly method: string
  readonly params?: readonly Json[]
  readonly result?: Json
  readonly error?: readonly string[]
  readonly adds?: Readonly<Record<string, Readonly<Record<string, Json>>>>
}

/** A command line, what its server holds, and what the original was seen to print and to call. */
export interface Case {
  readonly name: string
  readonly state: string
  readonly args: readonly string[]
  readonly user?: string
  readonly password?: string
  readonly patch?: readonly (readonly [cls: string, ref: string, field: string, value: Json])[]
  readonly drop?: readonly string[]
  readonly faults?: readonly { readonly method: string; readonly error: readonly string[] }[]
  readonly answers?: readonly Answer[]
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
  readonly sessionsLeft?: number
  readonly changes: readonly string[]
  readonly calls?: readonly (readonly [method: string, ...parameters: Json[]])[]
}

export interface Pack {
  readonly states: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Json>>>>>>
  readonly answers?: readonly Answer[]
  readonly defaults?: Readonly<Record<string, readonly Json[]>>
  readonly cases: readonly Case[]
}

export function readPack(name: string): Pack {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))
}
