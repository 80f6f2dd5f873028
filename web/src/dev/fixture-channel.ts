import type { OpenChannel } from '../wire'

/** A pretended server inside the page, for work on the page without one. */
export function fixtureChannel(parameters: URLSearchParams): OpenChannel {
  void parameters
  return () => ({ send: () => {}, close: () => {} })
}
