import { createServer } from 'node:http'
import { collectDefaultMetrics, register } from 'prom-client'
import type { DaemonName } from '@/lib/platform/processes'

export interface Health {
  name: DaemonName
  state: 'starting' | 'up'
  /** ISO time of the process's start. */
  since: string
  error: string | null
}

/**
 * GET /health (alive, ready, what is wrong) and GET /metrics (Prometheus text). /health answers 503 until the daemon is up.
 * Throws a sentence naming the variable when the port is taken.
 */
export async function startHealthServer(
  host: string,
  port: number,
  read: () => Health,
): Promise<{ close(): Promise<void> }> {
  collectDefaultMetrics({ labels: { process: read().name } })
  const server = createServer((request, response) => {
    if (request.url === '/health') {
      const health = read()
      response.writeHead(health.state === 'up' ? 200 : 503, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify({
          ...health,
          isReady: health.state === 'up' && health.error === null,
          rss: process.memoryUsage.rss(),
        }),
      )
    } else if (request.url === '/metrics') {
      register.metrics().then(
        (text) => response.writeHead(200, { 'content-type': register.contentType }).end(text),
        () => response.writeHead(500).end(),
      )
    } else response.writeHead(404).end()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new Error(`Port ${port} for the health of ${read().name} cannot be used (${error.message}). Set HEALTH_PORT.`),
      ),
    )
    server.listen(port, host, resolve)
  })
  return {
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
