import { output } from './programs.ts'

/** A network namespace, as a machine of its own. */
export interface Namespace extends AsyncDisposable {
  readonly name: string
  /** `ip` inside of it. */
  ip(...args: readonly string[]): Promise<string>
  /** Any program inside of it; throws where it fails. */
  run(program: string, ...args: readonly string[]): Promise<string>
  /** Whether an address answers a ping from here. */
  reaches(address: string): Promise<boolean>
}

let made = 0

export async function addNamespace(): Promise<Namespace> {
  const name = `xt${process.pid}-${made++}`
  await output('ip', ['netns', 'add', name])
  const ip = (...args: readonly string[]) => output('ip', ['-n', name, ...args])
  const run = (program: string, ...args: readonly string[]) => output('ip', ['netns', 'exec', name, program, ...args])
  await ip('link', 'set', 'lo', 'up')
  return {
    name,
    ip,
    run,
    reaches: address =>
      run('ping', '-n', '-q', '-c', '3', '-i', '0.2', '-W', '1', address).then(
        () => true,
        () => false,
      ),
    async [Symbol.asyncDispose]() {
      await output('ip', ['netns', 'del', name])
    },
  }
}

/** A cable between two namespaces: a device in each, both up. */
export async function addCable(
  one: { readonly in: Namespace; readonly device: string },
  other: { readonly in: Namespace; readonly device: string },
): Promise<void> {
  await one.in.ip('link', 'add', one.device, 'type', 'veth', 'peer', 'name', other.device, 'netns', other.in.name)
  await one.in.ip('link', 'set', one.device, 'up')
  await other.in.ip('link', 'set', other.device, 'up')
}
