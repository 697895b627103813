import { readProcesses } from '@/lib/use-cases/read-processes'

/** Every process with its state. Open to monitors: no secret in it, and it needs no database. */
export async function GET(): Promise<Response> {
  return Response.json({ processes: await readProcesses() }, { headers: { 'Cache-Control': 'no-store' } })
}
