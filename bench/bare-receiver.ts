import { createServer } from 'node:http'
import { setting, tell } from '@/bench/role'

// The baseline of the receiver: reads a webhook, parses it, answers. Nothing is checked and nothing is kept.

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const text = Buffer.concat(chunks).toString('utf8')
    const isRead = text === '' || (JSON.parse(text) as { Symbol: string }).Symbol !== ''
    response.writeHead(isRead ? 200 : 400, { 'content-type': 'application/json' })
    response.end('{"status":"accepted"}')
  })
})
server.keepAliveTimeout = 60_000
server.listen(+setting('RECEIVER_PORT_BARE'), '127.0.0.1', () => tell({ ready: true }))
process.on('disconnect', () => process.exit(0))
