import NextAuth from 'next-auth'
import { authOptions } from '@/lib/auth/options'

type NextAuthHandler = (request: Request, context: { params: Promise<{ nextauth: string[] }> }) => Promise<Response>

// The options are made per call: a build needs no secret.
const handler: NextAuthHandler = (request, context) => {
  const handle = NextAuth(authOptions()) as NextAuthHandler
  return handle(request, context)
}

export { handler as GET, handler as POST }
