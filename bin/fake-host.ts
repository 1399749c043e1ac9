import { type CliServer, type FakeHost, type FakeHostOptions, startFakeHost as start } from '../src/fake-host/index.ts'

// What `xe-tunnel/fake-host` is: the fake host, joined with the commands that it runs for xe clients.

export * from '../src/fake-host/index.ts'

/** Starts a pool of fake hosts, with a server for its calls and for the xe program of a host. Throws FakeHostError. */
export function startFakeHost(options: FakeHostOptions = {}): Promise<FakeHost> {
  return start({ cli, ...options })
}

const cli: CliServer = async (request, client) =>
  (await import('../src/cli/xe-client/index.ts')).serveClient(request, client)
