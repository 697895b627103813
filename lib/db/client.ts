import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from '@/lib/db/generated/client'
import { env } from '@/lib/platform/env'

const make = (): PrismaClient =>
  new PrismaClient({ adapter: new PrismaPg({ connectionString: env().DATABASE_URL, max: 8 }) })

const keep = globalThis as unknown as { aristobotPrisma?: PrismaClient }

/** One client per process (also across Next's hot reloads), made at first use: a build needs no database. */
export function prisma(): PrismaClient {
  keep.aristobotPrisma ??= make()
  return keep.aristobotPrisma
}

export async function disconnectPrisma(): Promise<void> {
  await keep.aristobotPrisma?.$disconnect()
  delete keep.aristobotPrisma
}
