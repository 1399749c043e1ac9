import { Ending } from './ending.ts'

/** User name and password, a line each (docs/spec/xe-cli-semantics.md 1.6). Throws Ending where they cannot be had. */
export function readPasswordFile(
  path: string,
  readFile: (path: string) => string,
): { readonly username: string; readonly password: string } {
  let text: string
  try {
    text = readFile(path)
  } catch {
    throw new Ending(`The password file ${path} cannot be read.\n`, 1)
  }
  const [username, password] = text.replace(/\n$/, '').split('\n')
  if (username === undefined || password === undefined || text === '')
    throw new Ending(`Error: the password file ${path} needs two lines, the user name and the password.\n`, 1)
  return { username, password }
}
