import { WebSocket } from 'ws'
import { z } from 'zod'
import { monotonicMs } from '@/bench/distribution'
import { setting, tell } from '@/bench/role'

// The baseline of the heartbeat: reads the same socket, parses each message and counts it. Tells when it has so many.

const wanted = z.object({ until: z.number() })
let count = 0
let until = Number.POSITIVE_INFINITY
let cpuBefore = process.cpuUsage()

const socket = new WebSocket(setting('STREAM_URL'), { perMessageDeflate: false })
socket.on('message', (data: Buffer) => {
  const message = JSON.parse(data.toString('utf8')) as { data: { s: string } }
  if (message.data.s !== '') count += 1
  if (count < until) return
  until = Number.POSITIVE_INFINITY
  const { user, system } = process.cpuUsage(cpuBefore)
  tell({ count, at: monotonicMs(), cpuMs: (user + system) / 1000 })
})
socket.once('open', () => tell({ ready: true }))
process.on('message', (message) => {
  until = count + wanted.parse(message).until
  cpuBefore = process.cpuUsage()
})
process.on('disconnect', () => process.exit(0))
