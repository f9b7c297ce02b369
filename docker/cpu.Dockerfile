# Reads dispatches on the CPU. From the repository root:
#   docker build -f docker/cpu.Dockerfile -t dateline .
#   docker run --rm -v "$PWD:/data" dateline extract /data/bundle /data/archive.jsonl.gz --out /data/read.jsonl
FROM python:3.13-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY labels labels
COPY infer infer
COPY train train
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.13-slim
COPY --from=build /wheels /wheels
COPY constraints.txt /wheels/
RUN pip install --no-cache-dir --constraint /wheels/constraints.txt "$(echo /wheels/dateline-*.whl)[archive,openvino]" \
    && rm -r /wheels \
    && useradd --create-home --uid 10001 reader
USER 10001
WORKDIR /data
ENTRYPOINT ["dateline"]
CMD ["--help"]
