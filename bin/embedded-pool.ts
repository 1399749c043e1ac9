import { memoryTransport, type Transport, TransportError } from '../src/xapi/index.ts'

/** A way to the pool that is kept in a file. `note` takes what is odd about it. */
export async function openPool(path: string, note: (line: string) => void): Promise<Transport> {
  const { openEmbeddedPool } = await import('../src/fake-host/embedded.ts')
  const pool = await told(openEmbeddedPool({ path }))
  for (const warning of pool.warnings) note(warning)
  const transport = memoryTransport((method, parameters) => told(pool.call(method, parameters)))
  return {
    ...transport,
    async ask(path, document) {
      try {
        return { status: 200, document: await pool.ask(path, document) }
      } catch (error) {
        if (!isFakeHostError(error)) throw error
        return { status: 400, document: { error: error.message } }
      }
    },
    async close() {
      await transport.close()
      await told(pool.close())
    },
  }
}

const isFakeHostError = (error: unknown): error is Error => error instanceof Error && error.name === 'FakeHostError'

/**
 * What a user can put right about the file counts as a host that cannot be had: one line, and no stack. The error is told by its
 * name, since the fake host is built into a file of its own.
 */
async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (isFakeHostError(error)) {
      throw new TransportError('unreachable', error.message, { cause: error })
    }
    throw error
  }
}
