/** A question to our own server that was refused or not answered. `status` is 0 when no answer came at all. */
class QuestionError extends Error {
  readonly status: number
  constructor(status: number) {
    super(`the server answered ${status}`)
    this.status = status
  }
}

/** Asks our own server for JSON of a known shape. An ended session leads to the login page. */
export async function ask<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await fetch(path, { cache: 'no-store', ...(signal === undefined ? {} : { signal }) }).catch(
    (error: unknown) => {
      if (error instanceof DOMException && error.name === 'AbortError') throw error
      throw new QuestionError(0)
    },
  )
  if (response.status === 401) window.location.assign('/login')
  if (!response.ok) throw new QuestionError(response.status)
  return (await response.json()) as T
}
