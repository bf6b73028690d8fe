# Hush with everything it needs. See docs/hosting.md.
FROM python:3.13-slim AS build
WORKDIR /src
COPY . .
RUN python -m venv /hush && /hush/bin/pip install --no-cache-dir -c constraints.txt ".[postgres]"

FROM python:3.13-slim
RUN useradd --system --uid 10001 hush && install -d -o hush -m 700 /data
COPY --from=build /hush /hush
USER hush
WORKDIR /data
ENV HUSH_DATA_DIR=/data PYTHONSAFEPATH=1 PYTHONUNBUFFERED=1 MALLOC_ARENA_MAX=1
VOLUME /data
ENTRYPOINT ["/hush/bin/hush"]
CMD ["run"]
