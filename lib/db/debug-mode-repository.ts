import { prisma } from '@/lib/db/client'

const ONLY_ROW = 1

export async function readDebugMode(): Promise<boolean> {
  const row = await prisma().debugMode.findUnique({ where: { id: ONLY_ROW }, select: { isActive: true } })
  return row?.isActive ?? false
}

export async function writeDebugMode(isActive: boolean): Promise<void> {
  await prisma().debugMode.upsert({ where: { id: ONLY_ROW }, create: { id: ONLY_ROW, isActive }, update: { isActive } })
}
