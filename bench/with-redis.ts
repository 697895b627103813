import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket.destroy().destroyed))
    socket.once('error', () => resolve(false))
  })

/** Runs `work` with a Redis of its own, in memory; null where Redis is not installed. */
export async function withRedis<T>(port: number, work: (url: string) => Promise<T>): Promise<T | null> {
  if (spawnSync('redis-server', ['--version']).status !== 0) return null
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const server: ChildProcess = spawn('redis-server', options, { stdio: 'ignore' })
  const ended = new Promise((resolve) => server.once('exit', resolve))
  try {
    for (let i = 0; i < 100 && !(await answers(port)); i++) await sleep(50)
    return await work(`redis://127.0.0.1:${port}`)
  } finally {
    server.kill('SIGTERM')
    await ended
  }
}
