import { openEmbeddedPool } from '../src/fake-host/embedded.ts'
import { FakeHostError } from '../src/fake-host/error.ts'
import { memoryTransport, type Transport, TransportError } from '../src/xapi/index.ts'

/** A way to the pool that is kept in a file. `note` takes what is odd about it. */
export async function openPool(path: string, note: (line: string) => void): Promise<Transport> {
  const pool = await told(openEmbeddedPool({ path }))
  for (const warning of pool.warnings) note(warning)
  const transport = memoryTransport((method, parameters) => told(pool.call(method, parameters)))
  return {
    ...transport,
    async close() {
      await transport.close()
      await told(pool.close())
    },
  }
}

/** What a user can put right about the file counts as a host that cannot be had: one line, and no stack. */
async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw error instanceof FakeHostError ? new TransportError('unreachable', error.message, { cause: error }) : error
  }
}
