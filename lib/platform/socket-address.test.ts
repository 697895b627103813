import { createServer, request } from 'node:http'
import { expect, it } from 'vitest'
import { markSocketAddresses, socketAddressOf } from '@/lib/platform/socket-address'

it('tells who is at the other end of the socket, and nothing where requests are not marked', async () => {
  expect(socketAddressOf(new Headers({ 'x-socket-address': '52.89.214.238' }))).toBeNull()
  markSocketAddresses()
  const seen: (string | null)[] = []
  const server = createServer((incoming, response) => {
    seen.push(socketAddressOf(new Headers(incoming.headers as Record<string, string>)))
    response.end()
  })
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    }),
  )
  await new Promise<void>((resolve, reject) => {
    const headers = { 'x-socket': '52.89.214.238', 'x-forwarded-for': '52.89.214.238' }
    request({ host: '127.0.0.1', port, localAddress: '127.0.0.7', headers }, (answer) => {
      answer.resume()
      answer.once('end', resolve)
    })
      .once('error', reject)
      .end()
  })
  server.close()
  expect(seen).toEqual(['127.0.0.7'])
})
