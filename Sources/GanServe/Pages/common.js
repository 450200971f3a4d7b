// What the pages share.

export const byId = id => document.getElementById(id)

/** An answer that was no success, in the server's words. */
export class Refused extends Error {
  constructor(text, help, status, retryAfter) {
    super(help ? `${text}: ${help}` : text)
    Object.assign(this, { status, retryAfter })
  }
}

/** The answer to a request; throws a Refused for any but a success. */
export async function ask(path, options = {}) {
  let response
  try {
    response = await fetch(path, { cache: "no-store", ...options })
  } catch (error) {
    if (error.name === "AbortError") throw error
    throw new Refused("the server does not answer", "is ganctl serve still running?", 0)
  }
  if (response.ok) return response
  const answer = await response.json().catch(() => ({}))
  throw new Refused(
    answer.error ?? `the server answers ${response.status}`, answer.help, response.status,
    Number(response.headers.get("Retry-After")) || undefined)
}

/** An element with attributes and children. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children)
  return element
}

export const wait = seconds => new Promise(resolve => setTimeout(resolve, 1000 * seconds))

/** Calls `work` again and again, with a pause between, as long as the page is in front; errors go to `failed`. */
export async function poll(seconds, work, failed) {
  for (;;) {
    if (!document.hidden) {
      try { await work() } catch (error) { failed(error) }
    }
    await wait(seconds)
  }
}
