import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { readSnapshot, type Snapshot } from '../database/index.ts'
import { FakeHostError, systemReason } from '../error.ts'
import { readText } from '../state/index.ts'

/** Reads the pool in a file, a snapshot or a database that a host dumped. Throws FakeHostError. */
export async function readPoolFile(path: string, lenient: boolean | undefined): Promise<Snapshot> {
  const options = { name: path, lenient }
  if (!(await isXml(path))) return readSnapshot(await readText(path), options)
  const { readDump } = await import('./read-dump.ts')
  return readDump(createReadStream(path), options)
}

/** Whether a file begins as XML does. Throws FakeHostError where it cannot be read. */
async function isXml(path: string): Promise<boolean> {
  try {
    await using file = await open(path)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0)
    return /^(\u00ef\u00bb\u00bf)?\s*</.test(buffer.toString('latin1', 0, bytesRead))
  } catch (error) {
    const reason = systemReason(error)
    throw new FakeHostError(`${path}: ${reason === 'no such file or directory' ? 'no such file' : reason}`)
  }
}
