# One image for every process; docker-compose.yml starts one container of it for each.
FROM node:26-bookworm-slim
WORKDIR /app
ENV NEXT_TELEMETRY_DISABLED=1 \
    PATH=/app/node_modules/.bin:$PATH
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
ENV NODE_ENV=production DATA_DIR=/data HOST=0.0.0.0
RUN node scripts/build-if-stale.mjs && mkdir /data && chown -R node:node /data .next
USER node
ENTRYPOINT ["node", "--enable-source-maps", "dist/scripts/container.mjs"]
