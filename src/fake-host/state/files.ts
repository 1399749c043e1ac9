import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, realpath, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { FakeHostError, systemReason } from '../error.ts'

/** A file's bytes; undefined where there is none. Throws FakeHostError where it cannot be read. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw new FakeHostError(`${path}: ${systemReason(error)}`)
  }
}

/** A text file's contents. Throws FakeHostError. */
export async function readText(path: string): Promise<string> {
  const bytes = await readIfThere(path)
  if (bytes === undefined) throw new FakeHostError(`${path}: no such file`)
  return decode(bytes, path)
}

/** Bytes as text. Throws FakeHostError where they are not UTF-8. */
export function decode(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new FakeHostError(`${path}: this is not a text in UTF-8`)
  }
}

/**
 * Writes a file for its owner's eyes so that at every moment either the old or the new one is there, whole and on disk.
 * @param temporary beside it; removed again where writing fails
 */
export async function writeWhole(path: string, text: string, temporary = `${path}.${randomUUID()}.tmp`): Promise<void> {
  try {
    await using file = await open(temporary, 'w', 0o600)
    await file.writeFile(text)
    await file.sync()
    await rename(temporary, path)
    await syncFolder(path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {}) // what matters is why it failed
    throw new FakeHostError(`${path}: ${systemReason(error)}`)
  }
}

/** Makes what happened to a file's name last, on file systems that can. */
export async function syncFolder(path: string): Promise<void> {
  try {
    await using folder = await open(dirname(path), 'r')
    await folder.sync()
  } catch {
    // There it lasts without, or cannot be made to.
  }
}

/** Where a path leads in the end, so that one file has one lock whatever it is called by. Makes its folder. */
export async function settle(path: string): Promise<string> {
  try {
    await mkdir(dirname(resolve(path)), { recursive: true, mode: 0o700 })
    return await realpath(path).catch(async error => {
      if (!isMissing(error)) throw error
      return join(await realpath(dirname(resolve(path))), basename(path))
    })
  } catch (error) {
    throw new FakeHostError(`${path}: ${systemReason(error)}`)
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'
