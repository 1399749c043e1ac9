/** Milliseconds since 1970, UTC. Given to everything that needs the time, so that a test can hold it. */
export type Clock = () => number

/** A moment as XenAPI writes it: `20240102T03:04:05Z`. */
export const xenDate = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().replace(/-|\.\d+Z$/g, '')}Z`
