import { createServer, type ServerResponse } from 'node:http'

/** A message as it came in. */
export interface Received {
  service: 'DISCORD' | 'TELEGRAM'
  path: string
  text: string
  body: Record<string, unknown>
  at: number
}

/** What the next message is answered with; `CUT` takes it and ends the connection without an answer. */
export type Answer = { status: number; body?: unknown; headers?: Record<string, string> } | 'CUT' | 'SILENT'

/** Local stand-ins for Discord and Telegram: they take messages in the services' own shapes, and answer what a test wants. */
export interface AlertServices {
  discord: string
  telegram: string
  received: Received[]
  /** Answers for the next messages of a service, in order; then messages are taken. */
  script(service: Received['service'], ...answers: Answer[]): void
  /** From now on messages are taken. */
  recover(): void
  close(): Promise<void>
}

export async function openAlertServices(port = 0): Promise<AlertServices> {
  const received: Received[] = []
  const scripts: Record<Received['service'], Answer[]> = { DISCORD: [], TELEGRAM: [] }
  const answer = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const path = request.url ?? ''
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>
      const isDiscord = /^\/api\/v10\/webhooks\/\d+\/[\w-]+\?wait=true/.test(path)
      const isTelegram = /^\/bot\d+:[\w-]+\/sendMessage$/.test(path)
      if (request.method !== 'POST' || (!isDiscord && !isTelegram)) return answer(response, 404, {})
      const service = isDiscord ? 'DISCORD' : 'TELEGRAM'
      const text = String(isDiscord ? body['content'] : body['text'])
      received.push({ service, path, text, body, at: Date.now() })
      const next = scripts[service].shift()
      if (next === 'SILENT') return undefined
      if (next === 'CUT') return request.socket.destroy()
      if (next !== undefined) return answer(response, next.status, next.body ?? {}, next.headers)
      // Both refuse what is empty or too long.
      if (text === '' || text.length > (isDiscord ? 2000 : 4096)) return answer(response, 400, { message: 'length' })
      if (isDiscord) return answer(response, 200, { id: '1', content: text })
      return answer(response, 200, { ok: true, result: { message_id: 1 } })
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const base = `http://127.0.0.1:${address.port}`
  return {
    discord: base,
    telegram: base,
    received,
    script: (service, ...answers) => void scripts[service].push(...answers),
    recover() {
      for (const script of Object.values(scripts)) script.length = 0
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
