import { accessSync, constants, existsSync, mkdirSync, statfsSync } from 'node:fs'
import { dataFolder, fillEnvironment } from '@/daemons/supervisor/data-folder'
import { isFree, neededPorts } from '@/daemons/supervisor/ports'
import { runningPid } from '@/daemons/supervisor/single-instance'
import { binariesFolder } from '@/lib/db/embedded-cluster'
import { type Env, parseEnv } from '@/lib/platform/env'
import { z } from 'zod'

interface Finding {
  isWell: boolean
  text: string
}

const MINIMUM_FREE_BYTES = 500 * 1024 * 1024
const good = (text: string): Finding => ({ isWell: true, text })
const bad = (text: string): Finding => ({ isWell: false, text })

function settings(): { env: Env | null; finding: Finding } {
  try {
    const env = parseEnv({ ...process.env, DATABASE_URL: process.env['DATABASE_URL'] || 'postgresql://embedded' })
    return { env, finding: good('settings are valid') }
  } catch (error) {
    return { env: null, finding: bad(error instanceof Error ? error.message : String(error)) }
  }
}

function dataFolderFinding(): Finding {
  const folder = dataFolder()
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
    const { bavail, bsize } = statfsSync(folder)
    if (bavail * bsize < MINIMUM_FREE_BYTES) return bad(`less than 500 MB are free for the data folder ${folder}`)
    return good(`data folder ${folder} can be written`)
  } catch {
    return bad(`data folder ${folder} cannot be written; set DATA_DIR`)
  }
}

function postgresFinding(): Finding {
  if (process.env['DATABASE_URL']) return good('DATABASE_URL is set: no embedded PostgreSQL is needed')
  try {
    return good(`embedded PostgreSQL is installed in ${binariesFolder()}`)
  } catch {
    return bad('the embedded PostgreSQL of this platform is not installed: run ./aristobot up, or set DATABASE_URL')
  }
}

function buildFinding(): Finding {
  const isBuilt = existsSync('.next/BUILD_ID') && existsSync('dist/daemons/gateway/main.mjs')
  return isBuilt ? good('the application is built') : bad('the application is not built yet: ./aristobot up builds it')
}

const healthSchema = z.object({
  processes: z.array(z.object({ name: z.string(), state: z.string(), error: z.string().nullable() })),
})

async function runningFindings(env: Env, pid: number): Promise<Finding[]> {
  try {
    const answer = await fetch(`http://${env.HOST}:${env.PORT}/api/health`, { signal: AbortSignal.timeout(3000) })
    const { processes } = healthSchema.parse(await answer.json())
    return [
      good(`running as process ${pid}`),
      ...processes.map(({ name, state, error }) =>
        state === 'up' && error === null
          ? good(`${name} is up`)
          : bad(`${name} is ${state}${error === null ? '' : `: ${error}`}`),
      ),
    ]
  } catch {
    return [bad(`running as process ${pid}, but the web application does not answer on port ${env.PORT}`)]
  }
}

async function portFindings(env: Env): Promise<Finding[]> {
  const ports = [...neededPorts(env), { port: env.DB_PORT, variable: 'DB_PORT', purpose: 'PostgreSQL' }]
  const free = await Promise.all(ports.map(async (needed) => ({ ...needed, ok: await isFree(needed.port, env.HOST) })))
  const taken = free.filter(({ ok }) => !ok)
  if (taken.length === 0) return [good('all ports are free')]
  return taken.map(({ port, purpose, variable }) =>
    bad(`port ${port} for ${purpose} is taken; set ${variable} to a free port`),
  )
}

/** Says what is wrong with this installation. Answers true when nothing is. */
export async function doctor(): Promise<boolean> {
  fillEnvironment()
  const { env, finding } = settings()
  const findings = [good(`Node.js ${process.version}`), finding, dataFolderFinding(), postgresFinding(), buildFinding()]
  if (env !== null) {
    const pid = runningPid(`${dataFolder()}/aristobot.pid`)
    findings.push(...(pid === null ? await portFindings(env) : await runningFindings(env, pid)))
  }
  for (const { isWell, text } of findings) console.log(`${isWell ? 'ok   ' : 'WRONG'}  ${text}`)
  return findings.every(({ isWell }) => isWell)
}
