// Where the embedded server is reached: by its socket file, which costs a statement half of what a loopback connection
// costs, and by TCP where no socket file can be.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

export interface EmbeddedAddress {
  dataDir: string
  port: number
  password: string
}

/** What an address of a socket file holds, in bytes: 108 with its end on Linux, 104 on macOS. */
const LONGEST_SOCKET_PATH = 103

export const clusterFolder = (dataDir: string): string => resolve(dataDir, 'postgres')

const socketFile = (folder: string, port: number): string => join(folder, `.s.PGSQL.${port}`)

/** Folder of the server's socket file: its own, which nobody else may enter. Empty where it cannot have one. */
export function socketFolder(dataDir: string, port: number): string {
  const folder = clusterFolder(dataDir)
  const isPossible = process.platform !== 'win32' && Buffer.byteLength(socketFile(folder, port)) <= LONGEST_SOCKET_PATH
  return isPossible ? folder : ''
}

/**
 * The bot's own database, and that of its queues: a NOTIFY wakes every connection that listens in the same database, so that
 * with the queues beside it an order would wait for all of theirs.
 */
export const DATABASES = ['aristobot', 'aristobot_queues'] as const

/** Connection URL of a database of the embedded server, by its socket file when there is one. */
export function embeddedUrl(
  { dataDir, port, password }: EmbeddedAddress,
  database: (typeof DATABASES)[number] = 'aristobot',
): string {
  const folder = socketFolder(dataDir, port)
  const tcp = `postgresql://aristobot:${password}@127.0.0.1:${port}/${database}`
  const hasSocket = folder !== '' && existsSync(socketFile(folder, port))
  return hasSocket ? `${tcp}?host=${encodeURIComponent(folder)}` : tcp
}
