# The build and the server run on the same Node, as what it compiled is kept for it. `--build-arg NODE=node@sha256:...` pins its digest.
ARG NODE=node:24.21.0-bookworm-slim

FROM ${NODE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY src src
RUN npm run build && install -d -o node dist/compiled
# V8 takes what it compiled only for the same user and the same options, and Node writes it for its user alone.
USER node
RUN NODE_COMPILE_CACHE=dist/compiled node --max-semi-space-size=16 --heap-growing-percent=40 --no-allocation-site-pretenuring dist/main.js schema > /dev/null \
  && chmod -R a+rX dist/compiled

FROM ${NODE}
ARG VERSION=0.1.0 REVISION=unknown
LABEL org.opencontainers.image.title="bsg-graphql" \
      org.opencontainers.image.description="A typed GraphQL layer over BSG's SMS status REST API" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV NODE_ENV=production NODE_COMPILE_CACHE=/app/dist/compiled
WORKDIR /app
COPY LICENSE ./
COPY --from=build /app/dist dist
USER node
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 4000) + '/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--max-semi-space-size=16", "--heap-growing-percent=40", "--no-allocation-site-pretenuring", "dist/main.js"]
