import { once } from 'node:events'
import { chmod, lstat, unlink } from 'node:fs/promises'
import { connect } from 'node:net'

/** In bytes: the system would silently take the beginning of a longer path. */
const LONGEST = 107

/**
 * Makes a path free for a socket: one that nobody listens on any more is removed. What is in the way, in words, where
 * something else is there.
 */
export async function clearTheWay(path: string): Promise<string | undefined> {
  if (Buffer.byteLength(path) > LONGEST) return 'the path is too long for a socket'
  const found = await lstat(path).catch(() => undefined)
  if (!found) return undefined
  if (!found.isSocket()) return 'something else is there'
  if (await listensOn(path)) return 'the socket is in use'
  await unlink(path).catch(() => {}) // listening tells what is wrong
  return undefined
}

async function listensOn(path: string): Promise<boolean> {
  const socket = connect({ path })
  try {
    await once(socket, 'connect')
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ECONNREFUSED' // an error of the system
  } finally {
    socket.destroy()
  }
}

/** Whoever can open the socket is trusted as root: nobody but its owner may. */
export const restrict = (path: string): Promise<void> => chmod(path, 0o600)
