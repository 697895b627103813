import { type EmbeddedDatabase, startEmbedded } from '@/lib/db/embedded'
import { migrate } from '@/lib/db/migrate'
import { dataFolder, keptSecret } from '@/daemons/supervisor/data-folder'

export interface Database {
  url: string
  /** Of the queues' database. */
  queueUrl: string
  stop(): Promise<void>
}

/**
 * The database of this installation: the one DATABASE_URL names, or an embedded PostgreSQL, which is started again when it
 * dies. Its schema is brought up to date.
 */
export async function openDatabase(port: number, say: (line: string) => void): Promise<Database> {
  const given = process.env['DATABASE_URL']
  if (given !== undefined && given !== '') {
    await bringUpToDate(given, say)
    return { url: given, queueUrl: given, stop: () => Promise.resolve() }
  }
  const options = { dataDir: dataFolder(), port, password: keptSecret('postgres') }
  let isStopping = false
  let server: EmbeddedDatabase = await startEmbedded(options)
  say(server.isAdopted ? 'PostgreSQL was still running and is taken over' : 'PostgreSQL started')
  await bringUpToDate(server.url, say)

  const watch = async (): Promise<void> => {
    for (;;) {
      await server.exited
      if (isStopping) return
      say('PostgreSQL ended; starting it again')
      try {
        server = await startEmbedded(options)
      } catch (error) {
        say(`PostgreSQL cannot be started: ${error instanceof Error ? error.message : String(error)}`)
        await new Promise((resolve) => setTimeout(resolve, 2000))
      }
    }
  }
  void watch()
  return {
    url: server.url,
    queueUrl: server.queueUrl,
    async stop() {
      isStopping = true
      await server.stop()
    },
  }
}

async function bringUpToDate(url: string, say: (line: string) => void): Promise<void> {
  const applied = await migrate(url)
  if (applied.length > 0) say(`database brought up to date (${applied.length} migrations)`)
}
